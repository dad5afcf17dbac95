/** A real Azurite for one test file: free ports, nothing on disk but a certificate, stopped at the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SignJWT } from 'jose';
import type { StorageAccess } from '../../src/adapters/http/storage-access.ts';
import { createAuthority, createLeaf } from '../../src/emulator/tls/certificates.ts';

/** The account every Azurite has; its key is public. https://learn.microsoft.com/azure/storage/common/storage-connect-azurite */
const ACCOUNT = 'devstoreaccount1';
const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const ENTRY = createRequire(import.meta.url)
  .resolve('azurite/package.json')
  .replace('package.json', 'dist/src/azurite.js');

/** A running Azurite. */
export interface RunningAzurite {
  readonly access: StorageAccess;
  stop(): Promise<void>;
}

/** Starts Azurite over plain HTTP, reached with a connection string. */
export async function startAzurite(): Promise<RunningAzurite> {
  const { blobUrl, queueUrl, stop } = await launch([]);
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};BlobEndpoint=${blobUrl};QueueEndpoint=${queueUrl};`;
  return { access: { kind: 'connection-string', connectionString }, stop };
}

/** Starts Azurite over TLS with a certificate authority of its own, reached with bearer tokens only. */
export async function startSecureAzurite(now = Date.now()): Promise<RunningAzurite> {
  const folder = await mkdtemp(join(tmpdir(), 'warden-azurite-'));
  const authority = await createAuthority(now);
  const leaf = await createLeaf(authority, 'azurite', now);
  await writeFile(join(folder, 'cert.pem'), leaf.certificate);
  await writeFile(join(folder, 'key.pem'), leaf.key, { mode: 0o600 });
  const tls = ['--oauth', 'basic', '--cert', join(folder, 'cert.pem'), '--key', join(folder, 'key.pem')];
  const { blobUrl, queueUrl, stop } = await launch(tls);
  const token = await storageToken(now);
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: now + 3_600_000 }) };
  return {
    access: { kind: 'identity', blobUrl, queueUrl, credential, caPem: authority.certificate },
    async stop() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Azurite reads the claims and leaves the signature alone. */
function storageToken(now: number): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT({ tid: '00000000-0000-0000-0000-000000000000' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('https://sts.windows.net/00000000-0000-0000-0000-000000000000/')
    .setAudience('https://storage.azure.com')
    .setIssuedAt(seconds - 60)
    .setNotBefore(seconds - 60)
    .setExpirationTime(seconds + 3600)
    .sign(new Uint8Array(32));
}

async function launch(
  options: readonly string[],
): Promise<{ blobUrl: string; queueUrl: string; stop(): Promise<void> }> {
  const ports = ['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'];
  const args = [
    ENTRY,
    '--inMemoryPersistence',
    '--skipApiVersionCheck',
    '--disableTelemetry',
    ...ports,
    ...options,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const urls = new Map<string, string>();
  const heard: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    heard.push(line);
    const [, service, url] = /Azurite (\w+) service is successfully listening at (\S+)/.exec(line) ?? [];
    if (service !== undefined && url !== undefined) urls.set(service, `${url}/${ACCOUNT}`);
    if (urls.size === 3) break;
  }
  child.stdout.resume();
  child.stderr.resume();
  const [blobUrl, queueUrl] = [urls.get('Blob'), urls.get('Queue')];
  if (blobUrl === undefined || queueUrl === undefined)
    throw new Error(`Azurite did not start: ${heard.join(' ')}`);
  return {
    blobUrl,
    queueUrl,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
