/** Gathers the evidence at the end of a campaign from HSMs, storage account and topic. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type {
  Evidence,
  SeenBackup,
  SeenCall,
  SeenEntry,
  SeenKey,
  SeenRecovery,
  SeenRun,
  WhereEverythingIs,
} from './evidence.ts';
import { keyNames, tryBackup, versionsOf } from './read-hsm.ts';
import {
  type Account,
  countMessages,
  type ListedBlob,
  listBlobs,
  peekMessages,
  readBlob,
} from './read-storage.ts';

const [BACKUPS, STATE, AUDIT] = ['key-backups', 'warden-state', 'warden-audit'] as const;
/** Of a key, so many backups are tried at most before it counts as lost. */
const TRIED = 4;

/** Gathers everything. Fails when a service does not answer: nothing can be said then. */
export async function collectEvidence(where: WhereEverythingIs): Promise<Evidence> {
  const { caPem } = where;
  const keys: SeenKey[] = [];
  const deleted: { hsm: string; key: string }[] = [];
  for (const hsm of where.hsms) {
    const access = { ...hsm, caPem };
    for (const key of await keyNames(access, 'keys')) {
      keys.push({ hsm: hsm.name, key, versions: await versionsOf(access, key) });
    }
    for (const key of await keyNames(access, 'deletedkeys')) deleted.push({ hsm: hsm.name, key });
  }
  const stateBlobs = await listBlobs(where, STATE);
  const catalogue = await readCatalogues(where, stateBlobs);
  const waiting = await countMessages(where);
  const setAside: { queue: string; id: string }[] = [];
  for (const queue of Object.keys(waiting).filter((name) => name.endsWith('-poison'))) {
    for (const { id } of await peekMessages(where, queue)) setAside.push({ queue, id });
  }
  return {
    keys,
    deleted,
    backups: await readBackups(where, keys, catalogue),
    catalogue,
    runs: await readRuns(where, stateBlobs),
    ...(await readAudit(where)),
    recoveries: await readRecoveries(where, stateBlobs),
    calls: await readLog(where.hsmLog),
    acts: where.acts,
    events: where.events,
    waiting,
    setAside,
    leased: stateBlobs.filter(({ leased }) => leased).map(({ name }) => name),
    hung: where.hung,
  };
}

/** Every backup by name; those that matter are read and restored: the newest of each active key, and what the catalogue names. */
async function readBackups(
  where: WhereEverythingIs,
  keys: readonly SeenKey[],
  catalogue: readonly SeenEntry[],
): Promise<readonly SeenBackup[]> {
  const blobs = (await listBlobs(where, BACKUPS)).filter(({ name }) => !name.startsWith('pinned/'));
  const named = new Set(catalogue.map(({ blob }) => blob));
  const tried = new Set<string>();
  for (const { hsm, key, versions } of keys) {
    const newest = versions.at(-1)?.id ?? '';
    const own = blobs.filter(({ name }) => name.toLowerCase().startsWith(`${hsm}/${key}/`.toLowerCase()));
    // By the claim in its name one is likely to hold the newest version; whether it does, a restore shows.
    const likely = own.filter(({ name }) => name.includes(newest));
    for (const { name } of [...own.slice(-TRIED), ...likely.slice(-1)]) tried.add(name);
  }
  const seen: SeenBackup[] = [];
  for (const { name, metadata } of blobs) {
    const [hsm = '', key = ''] = name.split('/');
    const runId = metadata.runid ?? '';
    const capturedAt = Date.parse(metadata.capturedat ?? '');
    const facts = { blob: name, hsm, key, runId, capturedAt, sealed: metadata.seal !== undefined };
    if (!tried.has(name) && !named.has(name)) {
      seen.push(facts);
      continue;
    }
    const bytes = (await readBlob(where, BACKUPS, name)) ?? Buffer.alloc(0);
    const intact = createHash('sha256').update(bytes).digest('hex') === metadata.sha256;
    const restored = await tryBackup({ ...where.rehearsal, caPem: where.caPem }, bytes);
    seen.push({ ...facts, intact, restored });
  }
  return seen;
}

async function readCatalogues(account: Account, blobs: readonly ListedBlob[]): Promise<readonly SeenEntry[]> {
  const entries: SeenEntry[] = [];
  for (const { name } of blobs) {
    const hsm = /^catalogue\/(.+)\.jsonl$/.exec(name)?.[1];
    if (hsm === undefined) continue;
    for (const [key, { blob }] of (await readLines<[string, { blob: string }]>(account, name)).slice(1)) {
      entries.push({ hsm, key, blob });
    }
  }
  return entries;
}

async function readRuns(account: Account, blobs: readonly ListedBlob[]): Promise<readonly SeenRun[]> {
  const runs: SeenRun[] = [];
  for (const { name } of blobs) {
    const [, hsm, runId] = /^runs\/([^/]+)\/(.+)\.jsonl$/.exec(name) ?? [];
    if (hsm === undefined || runId === undefined) continue;
    const text = ((await readBlob(account, STATE, name)) ?? '').toString();
    const [head = '{}', ...lines] = text.trimEnd().split('\n');
    const { state, counts, startedAt, endedAt } = JSON.parse(head);
    const outcomes: [string, { outcome: string; blob?: string }][] = lines.map((line) => JSON.parse(line));
    const backedUp = outcomes.flatMap(([, { outcome, blob }]) =>
      outcome === 'backed-up' ? [blob ?? ''] : [],
    );
    const unchanged = outcomes.flatMap(([key, { outcome }]) => (outcome === 'unchanged' ? [key] : []));
    const claimed = counts.keys;
    const times = { startedAt, endedAt };
    runs.push({ hsm, runId, state, claimed, lines: lines.length, ...times, backedUp, unchanged });
  }
  return runs;
}

async function readAudit(account: Account): Promise<Pick<Evidence, 'auditParts' | 'auditEnd'>> {
  // What remembers the end first: lines that come later are beyond it.
  const end = await readBlob(account, STATE, 'audit/anchor.json');
  const auditParts: string[] = [];
  for (const { name } of await listBlobs(account, AUDIT)) {
    if (/^\d{4}\/\d\d\/\d\d(\.p\d{4})?\.jsonl$/.test(name)) {
      auditParts.push(((await readBlob(account, AUDIT, name)) ?? '').toString());
    }
  }
  return { auditParts, auditEnd: end === undefined ? undefined : JSON.parse(end.toString()) };
}

async function readRecoveries(
  account: Account,
  blobs: readonly ListedBlob[],
): Promise<readonly SeenRecovery[]> {
  const recoveries: SeenRecovery[] = [];
  for (const { name } of blobs.filter((blob) => blob.name.startsWith('recoveries/'))) {
    const text = ((await readBlob(account, STATE, name)) ?? '{}').toString();
    const { id, state, operation, requester } = JSON.parse(text);
    const { action, target, key } = operation;
    recoveries.push({ id, state, action, target, key, requester: requester.id });
  }
  return recoveries;
}

/** The calls that succeeded, from the records of the HSMs' log. */
async function readLog(file: string): Promise<readonly SeenCall[]> {
  const text = await readFile(file, 'utf8');
  const records = text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => JSON.parse(line));
  // A batch that was not taken comes again, perhaps with more: a call counts once.
  const once = new Map(records.map((record) => [`${record.PoolName} ${record.correlationId}`, record]));
  return [...once.values()]
    .filter(({ httpStatusCode }) => httpStatusCode >= 200 && httpStatusCode < 300)
    .map(({ time, PoolName, operationName, requestUri, identity }) => ({
      at: Date.parse(time),
      hsm: PoolName,
      operation: operationName,
      key: /^\/(?:keys|deletedkeys)\/(?!restore\b)([^/]+)/i.exec(new URL(requestUri).pathname)?.[1] ?? '',
      by: JSON.parse(identity).claim.http_schemas_microsoft_com_identity.claims.objectidentifier,
    }));
}

async function readLines<T>(account: Account, name: string): Promise<readonly T[]> {
  const text = ((await readBlob(account, STATE, name)) ?? '').toString().trimEnd();
  return text.split('\n').map((line): T => JSON.parse(line));
}
