/** Brings up everything the app stands on locally: two Managed HSMs, a storage account, an identity. */

import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { createJsonLogger } from '../../adapters/system/json-logger.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { definedOnly } from '../../core/defined-only.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { DEFAULT_TENANT_ID } from '../../emulator/options.ts';
import type { Emulator } from '../../emulator/start-emulator.ts';
import { openAuthority } from '../../emulator/tls/authority-folder.ts';
import { type CertificatePair, createLeaf } from '../../emulator/tls/certificates.ts';
import { createIssuer } from '../../emulator/tokens/issuer.ts';
import { type AuditFeed, startAuditFeed } from '../audit-feed.ts';
import { type Azurite, startAzurite } from '../azurite.ts';
import { startIdentityEndpoint, type TokenMaker } from '../identity-endpoint.ts';
import { type Issuer, startIssuer } from '../issuer/issuer.ts';
import type { Received } from '../receiver/received.ts';
import { type Receiver, startReceiver } from '../receiver/receiver.ts';
import type { CloudEvent } from '../topic/cloud-event.ts';
import { startTopic, type Topic } from '../topic/topic.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { IDENTITIES } from './app-roles.ts';
import { backupSettings, drillSettings, recoverySettings } from './app-settings.ts';
import { type SealSettings, sealSettings, startSealingVault } from './sealing-vault.ts';
import { type SearchedHsm, startSearchedHsm } from './searched-hsm.ts';
import { hsmNames, type Materials, USUAL_HSMS } from './seed-keys.ts';
import { startDrillHsm, startHsm } from './start-hsms.ts';
import { freePorts, WORLD_PORTS } from './usual-ports.ts';

/** The app keeps its token while the emulators' clocks are moved ahead by months. */
const TOKEN_SECONDS = 400 * 86_400;
/** The audience of tokens for Event Grid: https://learn.microsoft.com/azure/event-grid/authenticate-with-microsoft-entra-id */
const TOPIC_AUDIENCE = 'https://eventgrid.azure.net';
type Ports = Readonly<Record<keyof typeof WORLD_PORTS, number>>;

/** What the world is to be. */
export interface WorldOptions {
  /** Keeps everything; emptied by whoever wants a new world. */
  readonly folder: string;
  /** How many HSMs; as usual unless it says. */
  readonly hsmCount?: number;
  /** Active keys of a new world, all HSMs together. */
  readonly keys: number;
  /** With one more HSM that no setting names, and a search that finds it. */
  readonly searches?: boolean;
  /** The usual ports where they are free; otherwise, and for a run that ends without Ctrl-C, any. */
  readonly usualPorts: boolean;
  /** Keeps the storage account in memory: for a world that is not started a second time. */
  readonly storageInMemory?: boolean;
  /** Called with each event that the topic took. */
  readonly onEvent?: (event: CloudEvent) => void;
  /** With it the apps notify people, on channels that lead to a receiver here; called with each message that it took. */
  readonly onMessage?: (message: Received) => void;
  /** Aborted: the start fails with its reason, and what had started is ended. */
  readonly signal?: AbortSignal;
}

/** The world, up and running. */
export interface World {
  readonly hsms: readonly Emulator[];
  /** The HSM of the restore drills: of the same security domain, without purge protection, and empty. */
  readonly drill: Emulator;
  /** The HSM that no setting names; undefined where nothing is searched for. */
  readonly searched: SearchedHsm | undefined;
  /** Where the sealing keys of the apps are. */
  readonly vault: Emulator;
  /** What the settings say of them. */
  readonly seals: SealSettings;
  readonly azurite: Azurite;
  readonly topic: Topic;
  readonly issuer: Issuer;
  readonly auditFeed: AuditFeed;
  /** Where messages to people arrive; undefined where nobody wanted to see them. */
  readonly receiver: Receiver | undefined;
  readonly caFile: string;
  readonly caPem: string;
  /** A file with a bearer token of the HSMs' administrator, for trying things by hand. */
  readonly tokenFile: string;
  /** Settings under which the backup app runs here. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the drill app's settings have other. */
  readonly drillSettings: Readonly<Record<string, string>>;
  /** What the recovery app's settings have more, or other. */
  readonly recoverySettings: Readonly<Record<string, string>>;
  /** Ends everything; what it stored stays. */
  close(): Promise<void>;
}

interface Closable {
  close(): Promise<void>;
}

/** Starts the world. When a part does not start, the others are ended and its error is thrown. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { folder, hsmCount: hsms = USUAL_HSMS, keys: activeKeys } = options;
  const materials: Materials = new Map();
  const caDir = join(folder, 'ca');
  const authority = await unlessAborted(openAuthority(caDir, Date.now()), options.signal);
  const securityDomain = await secretIn(join(folder, 'security-domain'));
  const ports: Ports = await freePorts(options.usualPorts ? WORLD_PORTS : mapToZero(WORLD_PORTS));
  const leaf = await createLeaf(authority, 'storage', Date.now());

  const parts: Closable[] = [];
  const gaveUp = new AbortController();
  const note = async <T extends Closable>(part: T): Promise<T> => {
    // A part that comes up after the start was given up.
    if (gaveUp.signal.aborted) await part.close();
    else parts.push(part);
    return part;
  };
  let storageStarts: Promise<unknown> | undefined;
  const close = async () => {
    gaveUp.abort();
    // What others talk to ends last.
    for (const part of parts.splice(0).reverse()) await part.close();
    // A process of its own: whoever ends us must not find it still running.
    await storageStarts?.catch(() => undefined);
  };
  try {
    const auditFeed = await note(await startAuditFeed());
    const issuer = await startIssuer({
      port: ports.issuer,
      now: () => systemClock.now(),
      authority: { port: ports.login, tls: leaf },
    });
    await note({ close: () => issuer.stop() });
    // The emulators make their keys while Azurite loads: each takes a second or two.
    const storage = {
      folder: join(folder, 'azurite'),
      blobPort: ports.blob,
      queuePort: ports.queue,
      inMemory: options.storageInMemory,
      tls: leaf,
      signal: options.signal === undefined ? gaveUp.signal : AbortSignal.any([options.signal, gaveUp.signal]),
    };
    const azuriteStarts = startAzurite(storage).then(note);
    storageStarts = azuriteStarts;
    const starting = [
      azuriteStarts,
      startIdentityEndpoint(tokenMaker(authority.issuerKey)).then(note),
      startEventTopic(ports.topic, leaf, authority.issuerKey, options.onEvent).then(note),
      startSealingVault(folder, caDir).then(note),
      startDrillHsm(folder, ports.drill, { caDir, securityDomain }).then(note),
      ...hsmNames(hsms).map((name, order) =>
        startHsm(name, folder, { order, hsms, activeKeys, materials }, portOf(name, ports), {
          caDir,
          securityDomain,
          auditSink: auditFeed.url,
        }).then(note),
      ),
    ] as const;
    await unlessAborted(Promise.allSettled(starting), options.signal);
    const [azurite, identity, topic, vault, drill, ...emulators] = await Promise.all(starting);
    const { url: auditSink } = auditFeed;
    const searched =
      options.searches === true
        ? await note(
            await startSearchedHsm(folder, ports.sandbox, { caDir, securityDomain, auditSink }, emulators),
          )
        : undefined;
    const tokenFile = join(folder, 'administrator.token');
    await writeFile(tokenFile, emulators[0]?.token ?? '', { mode: 0o600 });
    const { certificate: caPem, caFile } = authority;
    const seals = sealSettings(vault, `local ${sha256Hex(securityDomain).slice(0, 16)}`);
    const { onMessage } = options;
    const receiver =
      onMessage === undefined
        ? undefined
        : await note(await startReceiver({ caDir, port: ports.messages, onMessage }));
    const running = { hsms: emulators, drill, vault, seals, azurite, topic, issuer, auditFeed, receiver };
    const world = { ...running, searched, caFile, caPem, tokenFile, close };
    const settings = {
      ...identity.environment,
      ...backupSettings(world),
      ...receiver?.settings,
      ...searched?.settings,
    };
    const own = { ...recoverySettings(issuer, seals, emulators), ...receiver?.recoverySettings };
    return { ...world, settings, drillSettings: drillSettings(seals, azurite), recoverySettings: own };
  } catch (error) {
    await close();
    throw error;
  }
}

function startEventTopic(
  port: number,
  { certificate: cert, key }: CertificatePair,
  issuerKey: string,
  onEvent: WorldOptions['onEvent'],
): Promise<Topic> {
  const publicKey = createPublicKey(createPrivateKey(issuerKey));
  return startTopic({
    clock: systemClock,
    logger: createJsonLogger({ write: () => undefined }, systemClock),
    port,
    tls: { cert, key },
    keys: [],
    acceptBearer: (token) =>
      jwtVerify(token, publicKey, { audience: TOPIC_AUDIENCE }).then(
        () => true,
        () => false,
      ),
    ...definedOnly({ onEvent }),
  });
}

/** Tokens of the identity that a client id names; without one, of the backup app. */
function tokenMaker(issuerKey: string): TokenMaker {
  const issuer = createIssuer(issuerKey, DEFAULT_TENANT_ID, Date.now);
  return async (resource, clientId) => {
    const app = Object.values(IDENTITIES).find((one) => one.clientId === clientId) ?? IDENTITIES.backup;
    const request = {
      objectId: app.objectId,
      appId: app.clientId,
      audience: resource,
      lifetimeSeconds: TOKEN_SECONDS,
    };
    return { token: await issuer.issue(request), expiresAt: Date.now() + TOKEN_SECONDS * 1000 };
  };
}

/** The secret kept in a file, made at the first start. */
async function secretIn(file: string): Promise<string> {
  try {
    await writeFile(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFile(file, 'utf8');
}

/** Beyond the usual HSMs each takes any that is free. */
function portOf(hsm: string, { contoso, fabrikam }: Ports): number {
  return { contoso, fabrikam }[hsm] ?? 0;
}

function mapToZero(ports: Ports): Ports {
  const zero = {
    contoso: 0,
    fabrikam: 0,
    drill: 0,
    sandbox: 0,
    blob: 0,
    queue: 0,
    topic: 0,
    issuer: 0,
    login: 0,
    messages: 0,
  };
  return { ...ports, ...zero };
}
