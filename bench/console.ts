/** Measures what the console is answered at 10 000 keys: over HTTP, from summaries in Azurite, with verified tokens. */
import { readFile } from 'node:fs/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { type KeySummary, type SummaryHead, summaryLines } from '../src/features/status/summary-document.ts';
import { startHost } from '../src/local/host/host.ts';
import { createMemoryScheduleStore } from '../src/local/host/timer/schedule-store.ts';
import { LOCAL_AUDIENCE, LOCAL_TENANT, startIssuer } from '../src/local/issuer/issuer.ts';
import { atMost, type Figure, plain } from './figure.ts';
import { startStage } from './stage.ts';

const KEYS = 10_000;
const ROUNDS = 60;
const DAY_MS = 86_400_000;

/** Each figure is over requests one after the other; the first of its kind reads what the others find in memory. */
export async function consoleAnswers(): Promise<Figure[]> {
  const stage = await startStage(1, 10, []);
  const issuer = await startIssuer({ port: 0, now: Date.now });
  forgetSettings();
  Object.assign(process.env, stage.settings, {
    AzureWebJobsStorage: stage.connectionString,
    WARDEN_AUTH_TENANT: LOCAL_TENANT,
    WARDEN_AUTH_AUDIENCE: LOCAL_AUDIENCE,
    WARDEN_AUTH_ISSUER: issuer.url,
    WARDEN_AUTH_KEYS_URL: issuer.jwksUrl,
  });
  const hsm = stage.hsms[0]?.name ?? '';
  await BlobServiceClient.fromConnectionString(stage.connectionString)
    .getContainerClient('warden-state')
    .getBlockBlobClient(`summaries/${hsm}.jsonl`)
    .uploadData(Buffer.from(summaryText(hsm, Date.now())));
  const host = await startHost({
    entry: new URL('../functions/recovery-main.ts', import.meta.url),
    hostJson: JSON.parse(await readFile('host.json', 'utf8')),
    httpPort: 0,
    timers: false,
    queues: false,
    scheduleStore: createMemoryScheduleStore(),
  });
  const headers = { authorization: `Bearer ${await issuer.token('alice')}` };
  async function timed(path: string): Promise<number> {
    const started = performance.now();
    const answer = await fetch(`${host.url}/api/console/${path}`, { headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return performance.now() - started;
  }
  async function measure(path: string): Promise<{ first: number; p95: number }> {
    const first = await timed(path);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await timed(path));
    times.sort((a, b) => a - b);
    return { first, p95: times[Math.ceil(ROUNDS * 0.95) - 1] ?? Number.POSITIVE_INFINITY };
  }
  try {
    const home = await measure('home');
    const keys = await measure('keys?sort=word&limit=50');
    return [
      plain(`home of ${KEYS} keys, the first in a process`, home.first, 'ms'),
      atMost(`home of ${KEYS} keys, p95`, home.p95, 'ms', 50),
      plain(`a page of ${KEYS} keys, the first in a process`, keys.first, 'ms'),
      plain(`a page of ${KEYS} keys, p95`, keys.p95, 'ms'),
    ];
  } finally {
    await host.stop();
    await issuer.stop();
    await stage.close();
    forgetSettings();
  }
}

/** Settings of another measurement in this process would contradict those of this one. */
function forgetSettings(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('WARDEN_')) delete process.env[name];
}

function summaryText(hsm: string, now: number): string {
  const keys = Array.from({ length: KEYS }, (_, index): readonly [string, KeySummary] => [
    `key-${String(index).padStart(5, '0')}`,
    {
      state: 'active',
      word: 'safe',
      coverage: 'complete',
      versionsCovered: 3,
      versionsKnown: 3,
      backupAt: now - DAY_MS,
      backup: `${hsm}/key-${index}/20261127T020000000Z-${'0'.repeat(32)}.keybackup`,
      createdAt: now - 100 * DAY_MS,
    },
  ]);
  const { text, sha256 } = summaryLines(keys);
  const head: SummaryHead = {
    format: 1,
    hsm,
    judgedAt: now,
    staleAfter: now + DAY_MS,
    counts: { active: KEYS, covered: KEYS, excluded: 0, deleted: 0, restorable: 0, risks: 0, lost: 0 },
    risks: [],
    lost: [],
    deleted: [],
    oldestBackupAt: now - DAY_MS,
    damaged: 0,
    warnings: [],
    linesSha256: sha256,
  };
  return `${JSON.stringify(head)}\n${text}`;
}
