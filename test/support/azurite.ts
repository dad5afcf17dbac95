/** A real Azurite for one test file: free ports, a folder of its own, stopped and forgotten at the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import type { StorageAccess } from '../../src/adapters/http/storage-access.ts';
import { type CertificatePair, createAuthority, createLeaf } from '../../src/emulator/tls/certificates.ts';
import { connectionStringOf, startAzurite as launchAzurite } from '../../src/local/azurite.ts';

/** A running Azurite. */
export interface RunningAzurite {
  readonly access: StorageAccess;
  stop(): Promise<void>;
}

/** Starts Azurite over plain HTTP, reached with a connection string. */
export async function startAzurite(): Promise<RunningAzurite> {
  const { stop, ...urls } = await launch();
  return { access: { kind: 'connection-string', connectionString: connectionStringOf(urls) }, stop };
}

/** Starts Azurite over TLS with a certificate authority of its own, reached with bearer tokens only. */
export async function startSecureAzurite(now = Date.now()): Promise<RunningAzurite> {
  const authority = await createAuthority(now);
  const { blobUrl, queueUrl, stop } = await launch(await createLeaf(authority, 'azurite', now));
  const token = await storageToken(now);
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: now + 3_600_000 }) };
  return { access: { kind: 'identity', blobUrl, queueUrl, credential, caPem: authority.certificate }, stop };
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

async function launch(tls?: CertificatePair) {
  const folder = await mkdtemp(join(tmpdir(), 'warden-azurite-'));
  const options = { folder, blobPort: 0, queuePort: 0, ...(tls !== undefined && { tls }) };
  const { blobUrl, queueUrl, close } = await launchAzurite(options);
  const stop = async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  };
  return { blobUrl, queueUrl, stop };
}
