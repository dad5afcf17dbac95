/**
 * Keys as az shows them: its members and its values, so that scripts written for az read on. Seen with Azure CLI 2.45; the
 * member names are those of https://learn.microsoft.com/cli/azure/keyvault/key.
 */
import { namesIn, type WireItem, type WireKey } from '../../adapters/keyvault/wire-key.ts';

/** Members of a key that are bytes; the private ones are always null, for they never leave the HSM. az writes base64. */
const BYTES = ['d', 'dp', 'dq', 'e', 'k', 'n', 'p', 'q', 'qi', 't', 'x', 'y'] as const;

/** What is said of a key everywhere. */
interface Described {
  readonly attributes: WireKey['attributes'];
  readonly managed?: boolean | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** A key: `az keyvault key create`, `import`, `show`, `set-attributes`, `rotate`. */
export function azKey(key: WireKey) {
  return { ...azBundle(key), releasePolicy: azReleasePolicy(key) };
}

/** A key as `az keyvault key recover` and `restore` show it: without its release policy. */
export function azBundle(key: WireKey) {
  return { ...described(key), key: azJsonWebKey(key.key) };
}

/** A soft-deleted key: `az keyvault key delete`, `show-deleted`. */
export function azDeletedKey(key: WireKey) {
  return { ...azBundle(key), ...deletion(key) };
}

/** An item of a list: `az keyvault key list`, `list-versions`. */
export function azListed(item: WireItem) {
  return { ...described(item), kid: item.kid, name: namesIn(item.kid).name };
}

/** An item of `az keyvault key list-deleted`. */
export function azListedDeleted(item: WireItem) {
  return { ...azListed(item), ...deletion(item) };
}

function described({ attributes, managed, tags }: Described) {
  return {
    attributes: {
      created: azMoment(attributes.created),
      enabled: attributes.enabled ?? null,
      expires: azMoment(attributes.exp),
      exportable: attributes.exportable ?? null,
      notBefore: azMoment(attributes.nbf),
      recoverableDays: attributes.recoverableDays ?? null,
      recoveryLevel: attributes.recoveryLevel ?? null,
      updated: azMoment(attributes.updated),
    },
    managed: managed ?? null,
    tags: tags ?? null,
  };
}

function deletion(key: Pick<WireKey, 'deletedDate' | 'recoveryId' | 'scheduledPurgeDate'>) {
  return {
    deletedDate: azMoment(key.deletedDate),
    recoveryId: key.recoveryId ?? null,
    scheduledPurgeDate: azMoment(key.scheduledPurgeDate),
  };
}

function azJsonWebKey(key: WireKey['key']) {
  const bytes = BYTES.map((name) => [name, base64(key[name])]);
  return {
    crv: key.crv ?? null,
    ...Object.fromEntries(bytes),
    keyOps: key.key_ops ?? null,
    kid: key.kid,
    kty: key.kty,
  };
}

/** The policy as its text; bytes that are no text stay bytes, in base64. */
function azReleasePolicy({ release_policy: policy }: WireKey) {
  if (policy === undefined) return null;
  return {
    contentType: policy.contentType ?? null,
    encodedPolicy: policy.data === undefined ? null : textOf(Buffer.from(policy.data, 'base64url')),
    immutable: policy.immutable ?? null,
  };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('base64');
  }
}

/** What the service writes in base64url, in base64 as az writes it; null for what is no text. */
export function base64(text: unknown): string | null {
  return typeof text === 'string' ? Buffer.from(text, 'base64url').toString('base64') : null;
}

/** As Python writes it: `2026-01-31T02:00:00+00:00`. A moment that no Date can hold, years after 275760, is named so. */
export function azMoment(epochSeconds: number | undefined): string | null {
  if (epochSeconds === undefined) return null;
  const date = new Date(epochSeconds * 1000);
  return Number.isNaN(date.getTime()) ? 'out of range' : date.toISOString().replace(/\.\d{3}Z$/, '+00:00');
}
