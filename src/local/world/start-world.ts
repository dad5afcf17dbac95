/** Brings up everything the app stands on locally: two Managed HSMs, a storage account, an identity. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_TENANT_ID } from '../../emulator/options.ts';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { openAuthority } from '../../emulator/tls/authority-folder.ts';
import { createLeaf } from '../../emulator/tls/certificates.ts';
import { createIssuer } from '../../emulator/tokens/issuer.ts';
import { type Azurite, startAzurite } from '../azurite.ts';
import { startIdentityEndpoint, type TokenMaker } from '../identity-endpoint.ts';
import { APP_ID, appRole } from './app-role.ts';
import { freePorts } from './free-ports.ts';
import { HSM_NAMES, type LocalHsmName, seedWorld } from './seed-keys.ts';

const RETENTION_DAYS = 90;
/** The app keeps its token while the emulators' clocks are moved ahead by months. */
const TOKEN_SECONDS = 400 * 86_400;
/** Where people expect them: Azurite's own defaults, and the alternative port of https twice. */
const USUAL_PORTS = { contoso: 8443, fabrikam: 8444, blob: 10_000, queue: 10_001 } as const;
type Ports = Readonly<Record<keyof typeof USUAL_PORTS, number>>;

/** What the world is to be. */
export interface WorldOptions {
  /** Keeps everything; emptied by whoever wants a new world. */
  readonly folder: string;
  /** Active keys of a new world, both HSMs together. */
  readonly keys: number;
  /** The usual ports where they are free; otherwise, and for a run that ends by itself, any. */
  readonly usualPorts: boolean;
}

/** The world, up and running. */
export interface World {
  readonly hsms: readonly Emulator[];
  readonly azurite: Azurite;
  readonly caFile: string;
  readonly caPem: string;
  /** A file with a bearer token of the HSMs' administrator, for trying things by hand. */
  readonly tokenFile: string;
  /** Settings under which the app runs here. */
  readonly settings: Readonly<Record<string, string>>;
  /** Ends everything; what it stored stays. */
  close(): Promise<void>;
}

interface Closable {
  close(): Promise<void>;
}

/** Starts the world. When a part does not start, the others are ended and its error is thrown. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { folder } = options;
  const caDir = join(folder, 'ca');
  const authority = await openAuthority(caDir, Date.now());
  const securityDomain = await secretIn(join(folder, 'security-domain'));
  const ports: Ports = await freePorts(options.usualPorts ? USUAL_PORTS : mapToZero(USUAL_PORTS));
  const leaf = await createLeaf(authority, 'storage', Date.now());
  const tls = { certificate: leaf.certificate, key: leaf.key };

  const parts: Closable[] = [];
  const note = <T extends Closable>(part: T): T => {
    parts.push(part);
    return part;
  };
  const close = async () => {
    await Promise.all(parts.splice(0).map((part) => part.close()));
  };
  // The emulators make their keys while Azurite loads: each takes a second or two.
  const starting = [
    startAzurite({ folder: join(folder, 'azurite'), blobPort: ports.blob, queuePort: ports.queue, tls }).then(
      note,
    ),
    startIdentityEndpoint(tokenMaker(authority.issuerKey)).then(note),
    ...HSM_NAMES.map((name) => startHsm(name, options, ports[name], caDir, securityDomain).then(note)),
  ] as const;
  try {
    const [azurite, identity, ...hsms] = await Promise.all(starting);
    const tokenFile = join(folder, 'administrator.token');
    await writeFile(tokenFile, hsms[0]?.token ?? '', { mode: 0o600 });
    const settings = {
      ...identity.environment,
      WARDEN_CREDENTIAL: 'managed-identity',
      WARDEN_HSMS: hsms.map(({ name, url }) => `${name}=${url}`).join(','),
      WARDEN_CA_FILE: authority.caFile,
      WARDEN_BACKUP_URL: azurite.blobUrl,
      WARDEN_QUEUE_URL: azurite.queueUrl,
      AzureWebJobsStorage__queueServiceUri: azurite.queueUrl,
    };
    return {
      hsms,
      azurite,
      caFile: authority.caFile,
      caPem: authority.certificate,
      tokenFile,
      settings,
      close,
    };
  } catch (error) {
    await Promise.allSettled(starting);
    await close();
    throw error;
  }
}

function startHsm(
  name: LocalHsmName,
  options: WorldOptions,
  port: number,
  caDir: string,
  securityDomain: string,
): Promise<Emulator> {
  return startEmulator({
    name,
    port,
    caDir,
    securityDomain,
    stateDir: join(options.folder, `hsm-${name}`),
    retentionDays: RETENTION_DAYS,
    seed: async (now) => [...appRole(), ...(await seedWorld(name, options.keys, RETENTION_DAYS, now))],
  });
}

function tokenMaker(issuerKey: string): TokenMaker {
  const issuer = createIssuer(issuerKey, DEFAULT_TENANT_ID, Date.now);
  return async (resource) => ({
    token: await issuer.issue({ objectId: APP_ID, audience: resource, lifetimeSeconds: TOKEN_SECONDS }),
    expiresAt: Date.now() + TOKEN_SECONDS * 1000,
  });
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

function mapToZero(ports: Ports): Ports {
  return { ...ports, contoso: 0, fabrikam: 0, blob: 0, queue: 0 };
}
