/** The world of a campaign: HSMs, storage, topic, identities, and a proxy in front of each. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { openAuthority } from '../../../src/emulator/tls/authority-folder.ts';
import { createLeaf } from '../../../src/emulator/tls/certificates.ts';
import { deployStorage, storageAccess } from '../../../src/local/start-apps.ts';
import { resourceOf } from '../../../src/local/world/app-settings.ts';
import { startWorld, type World } from '../../../src/local/world/start-world.ts';
import { writeWorldFile } from '../../../src/local/world/world-file.ts';
import { type Act, actOf } from './acts-seen.ts';
import { Detours, type Weather } from './detours.ts';

/** Active keys at first, both HSMs together. */
const KEYS = 40;
type Settings = Readonly<Record<string, string>>;

/** The running world. */
export interface ChaosWorld {
  readonly world: World;
  /** An empty HSM of the same security domain, where backups are tried. */
  readonly rehearsal: Emulator;
  /** Settings by which each app reaches everything through the proxies. */
  readonly settings: { readonly backup: Settings; readonly recovery: Settings };
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
  const world = await startWorld({ folder, keys: KEYS, usualPorts: false, storageInMemory: true });
  const { hsms, azurite, topic, issuer, caPem } = world;
  const caDir = join(folder, 'ca');
  const securityDomain = await readFile(join(folder, 'security-domain'), 'utf8');
  const rehearsal = await startEmulator({ name: 'rehearsal', caDir, securityDomain, limits: 'off' });
  const tls = await createLeaf(await openAuthority(caDir, Date.now()), 'proxy', Date.now());
  const detours = new Detours(weather, { caPem, tls });
  const acts: Act[] = [];
  for (const { name, url } of hsms) {
    await detours.past(name, url, (asked, answered) => {
      const act = actOf(name, asked, answered, Date.now());
      if (act !== undefined) acts.push(act);
    });
  }
  await detours.past('blob', azurite.blobUrl);
  await detours.past('queue', azurite.queueUrl);
  await detours.past('topic', topic.url);
  await detours.past('seals', world.settings.WARDEN_SEAL_KEY_URL);
  await detours.past('identity', world.settings.IDENTITY_ENDPOINT);
  await detours.past('issuer', issuer.url);
  const recoveryOrigin = await detours.inFrontOf('recovery', recoveryUrl, false);

  Object.assign(process.env, world.settings);
  await deployStorage(storageAccess(world));
  const [any] = hsms;
  if (any === undefined) throw new Error('expected an HSM');
  const lifetimeSeconds = 86_400;
  const audience = 'https://storage.azure.com';
  const storageToken = await any.issueToken({ objectId: 'chaos', audience, lifetimeSeconds });
  await writeWorldFile(folder, {
    hsms: hsms.map(({ name, url }) => ({ name, url: detours.through(url), resource: resourceOf({ name }) })),
    caFile: world.caFile,
    blobUrl: detours.through(azurite.blobUrl),
    queueUrl: detours.through(azurite.queueUrl),
    topicUrl: detours.through(topic.url),
    issuerUrl: issuer.url,
    recoveryUrl: recoveryOrigin,
    seals: world.seals,
    token: any.token,
    storageToken,
  });
  return {
    world,
    rehearsal,
    settings: settingsThrough(detours, world),
    recoveryOrigin,
    worldFile: join(folder, 'local.json'),
    storageToken,
    acts,
    async close() {
      await detours.close();
      await rehearsal.close();
      await world.close();
    },
  };
}

/** The apps' settings with the proxies' addresses; the issuer keeps its name, which is in its tokens. */
function settingsThrough(detours: Detours, world: World): ChaosWorld['settings'] {
  const through = (settings: Settings): Settings =>
    Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, detours.through(value)]));
  const backup = { ...through(world.settings), WARDEN_PACE: '10', WARDEN_BUDGET_SECONDS: '60' };
  const own = { ...through(world.recoverySettings), WARDEN_AUTH_ISSUER: world.issuer.name };
  return { backup, recovery: { ...backup, ...own } };
}
