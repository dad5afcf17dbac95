/** Reads an HSM by its REST protocol, and tries backups in one: https://learn.microsoft.com/rest/api/keyvault/keys/ */
import type { SeenVersion } from './evidence.ts';
import { call, good } from './http.ts';

/** An HSM and the way to it. */
export interface HsmAccess {
  readonly url: string;
  readonly token: string;
  readonly caPem: string;
}

interface Item {
  readonly kid: string;
  readonly attributes: { readonly created: number };
}
interface Page {
  readonly value: readonly Item[];
  readonly nextLink?: string | null;
}
interface Bundle {
  readonly key: Readonly<Record<string, unknown>> & { readonly kid: string };
}

const VERSION = 'api-version=7.5';

/** The names of the active keys, or of the soft-deleted ones. */
export async function keyNames(hsm: HsmAccess, kind: 'keys' | 'deletedkeys'): Promise<readonly string[]> {
  return (await pages(hsm, `/${kind}`)).map(({ kid }) => segment(kid, 2));
}

/** The versions of an active key, newest last, each with its public key. */
export async function versionsOf(hsm: HsmAccess, key: string): Promise<readonly SeenVersion[]> {
  const versions: (SeenVersion & { readonly created: number })[] = [];
  for (const { kid, attributes } of await pages(hsm, `/keys/${key}/versions`)) {
    const id = segment(kid, 3);
    const answer = await good('GET', `${hsm.url}/keys/${key}/${id}?${VERSION}`, hsm);
    const { key: jwk }: Bundle = JSON.parse(answer.body.toString('utf8'));
    const publicKey = ['n', 'e', 'crv', 'x', 'y'].map((member) => String(jwk[member] ?? '')).join('.');
    versions.push({ id, publicKey, created: attributes.created });
  }
  // The one that a name alone stands for is the newest, whatever the whole seconds of their times say.
  const current = await good('GET', `${hsm.url}/keys/${key}?${VERSION}`, hsm);
  const newest = segment((JSON.parse(current.body.toString('utf8')) as Bundle).key.kid, 3);
  return versions
    .sort((a, b) => Number(a.id === newest) - Number(b.id === newest) || a.created - b.created)
    .map(({ id, publicKey }) => ({ id, publicKey }));
}

/** Restores a backup into an HSM, reads what came of it, and takes it away again. */
export async function tryBackup(
  hsm: HsmAccess,
  bytes: Buffer,
): Promise<{ readonly key: string; readonly versions: readonly SeenVersion[] } | 'refused'> {
  const body = JSON.stringify({ value: bytes.toString('base64url') });
  const answer = await call('POST', `${hsm.url}/keys/restore?${VERSION}`, { ...hsm, body });
  if (answer.status !== 200) return 'refused';
  const key = segment((JSON.parse(answer.body.toString('utf8')) as Bundle).key.kid, 2);
  const versions = await versionsOf(hsm, key);
  await good('DELETE', `${hsm.url}/keys/${key}?${VERSION}`, hsm);
  await good('DELETE', `${hsm.url}/deletedkeys/${key}?${VERSION}`, hsm);
  return { key, versions };
}

async function pages(hsm: HsmAccess, path: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  let next: string | undefined = `${hsm.url}${path}?${VERSION}`;
  while (next !== undefined) {
    const page: Page = JSON.parse((await good('GET', next, hsm)).body.toString('utf8'));
    items.push(...page.value);
    next = page.nextLink ?? undefined;
  }
  return items;
}

function segment(kid: string, index: number): string {
  return new URL(kid).pathname.split('/')[index] ?? '';
}
