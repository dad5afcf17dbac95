/** The world of a campaign: HSMs, storage, topic, identities, and a proxy in front of each. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { openAuthority } from '../../../src/emulator/tls/authority-folder.ts';
import { createLeaf } from '../../../src/emulator/tls/certificates.ts';
import { deployStorage, storageAccess } from '../../../src/local/start-apps.ts';
import { startWorld, type World } from '../../../src/local/world/start-world.ts';
import { writeWorldFile } from '../../../src/local/world/world-file.ts';
import { type Fault, faultOf } from '../plan/faults.ts';
import { type SickProxy, startProxy } from '../proxy/proxy.ts';
import { type Act, actOf } from './acts-seen.ts';

/** The usual tests' number: both HSMs together. */
const KEYS = 40;

/** The faults of the campaign, counted. */
export interface Weather {
  readonly seed: number;
  readonly rate: number;
  /** False at the end, when everything may come to rest. */
  isBad: boolean;
  faults: number;
  requests: number;
}

/** The running world. */
export interface ChaosWorld {
  readonly world: World;
  /** An empty HSM of the same security domain, where backups are tried. */
  readonly rehearsal: Emulator;
  /** Settings by which each app reaches everything through the proxies. */
  readonly settings: Readonly<Record<'backup' | 'recovery', Readonly<Record<string, string>>>>;
  /** Where people reach the recovery app. */
  readonly recoveryOrigin: string;
  /** The file by which the command line finds the world. */
  readonly worldFile: string;
  readonly storageToken: string;
  /** What the HSMs were seen to do for the apps, in order. */
  readonly acts: readonly Act[];
  close(): Promise<void>;
}

/** Starts everything in `folder`. `recoveryUrl`: an instance of the recovery app that answers now. */
export async function openWorld(
  folder: string,
  weather: Weather,
  recoveryUrl: () => string | undefined,
): Promise<ChaosWorld> {
  const world = await startWorld({ folder, keys: KEYS, usualPorts: false });
  const rehearsal = await startEmulator({
    name: 'rehearsal',
    caDir: join(folder, 'ca'),
    securityDomain: await readFile(join(folder, 'security-domain'), 'utf8'),
    limits: 'off',
  });
  const acts: Act[] = [];
  const proxies: SickProxy[] = [];
  const authority = await openAuthority(join(folder, 'ca'), Date.now());
  const tls = await createLeaf(authority, 'proxy', Date.now());
  const counts = new Map<string, number>();

  function nextFault(service: string): Fault | undefined {
    weather.requests += 1;
    if (!weather.isBad) return undefined;
    const n = counts.get(service) ?? 0;
    counts.set(service, n + 1);
    return faultOf(weather.seed, service, n, weather.rate);
  }

  async function inFrontOf(service: string, target: () => string | undefined, secure: boolean, hsm?: string) {
    const proxy = await startProxy({
      target: () => {
        const url = target();
        return url === undefined ? undefined : new URL(url);
      },
      caPem: world.caPem,
      tls: secure ? tls : undefined,
      fault: () => nextFault(service),
      onFault: () => {
        weather.faults += 1;
      },
      ...(hsm !== undefined && {
        observe: (asked, answered) => {
          const act = actOf(hsm, asked, answered, Date.now());
          if (act !== undefined) acts.push(act);
        },
      }),
    });
    proxies.push(proxy);
    return proxy.origin;
  }

  const hsms = await Promise.all(
    world.hsms.map(async ({ name, url }) => ({ name, url: await inFrontOf(name, () => url, true, name) })),
  );
  const { azurite, topic, issuer, settings } = world;
  const via = async (service: string, url: string) => {
    const secure = url.startsWith('https:');
    return url.replace(new URL(url).origin, await inFrontOf(service, () => url, secure));
  };
  const blobUrl = await via('blob', azurite.blobUrl);
  const queueUrl = await via('queue', azurite.queueUrl);
  const topicUrl = await via('topic', topic.url);
  const keysUrl = await via('issuer', issuer.jwksUrl);
  const identityUrl = await via('identity', settings.IDENTITY_ENDPOINT ?? '');
  const recoveryOrigin = await inFrontOf('recovery', recoveryUrl, false);

  const backup = {
    ...settings,
    IDENTITY_ENDPOINT: identityUrl,
    WARDEN_HSMS: hsms.map(({ name, url }) => `${name}=${url}`).join(','),
    WARDEN_BACKUP_URL: blobUrl,
    WARDEN_QUEUE_URL: queueUrl,
    WARDEN_TOPIC_URL: topicUrl,
    AzureWebJobsStorage__queueServiceUri: queueUrl,
    WARDEN_PACE: '10',
    WARDEN_BUDGET_SECONDS: '60',
  };
  const recovery = { ...backup, ...world.recoverySettings, WARDEN_AUTH_KEYS_URL: keysUrl };
  Object.assign(process.env, settings);
  await deployStorage(storageAccess(world));
  const [any] = world.hsms;
  if (any === undefined) throw new Error('expected an HSM');
  const storageToken = await any.issueToken({
    objectId: 'chaos',
    audience: 'https://storage.azure.com',
    lifetimeSeconds: 86_400,
  });
  const places = { blobUrl, queueUrl, topicUrl, issuerUrl: issuer.url, recoveryUrl: recoveryOrigin };
  await writeWorldFile(folder, { hsms, caFile: world.caFile, ...places, token: any.token, storageToken });
  return {
    world,
    rehearsal,
    settings: { backup, recovery },
    recoveryOrigin,
    worldFile: join(folder, 'local.json'),
    storageToken,
    acts,
    async close() {
      for (const proxy of proxies) await proxy.close();
      await rehearsal.close();
      await world.close();
    },
  };
}
