/** What happens when: kills and operations as a list, a function of the seed. */
import { choose, draw } from './draw.ts';

/** Who can be killed. */
const VICTIMS = ['backup-0', 'backup-1', 'recovery-0', 'recovery-1', 'command'] as const;
type Victim = (typeof VICTIMS)[number];

/** What people, timers and other users of the HSMs do, each as often as its weight says. */
const OPERATIONS = [
  ['create', 8],
  ['rotate', 18],
  ['disable', 4],
  ['delete', 12],
  ['recover', 6],
  ['purge', 5],
  ['restore', 4],
  ['ask', 18],
  ['approve', 40],
  ['reject', 3],
  // A night that finds its HSM taken waits: more of them than that would only queue up, and moments bring their own.
  ['nightlyBackup', 0.2],
  ['deletedKeyWatch', 10],
  ['nightlyVerify', 0.5],
  ['runReconcile', 5],
  ['recoveryReconcile', 8],
  ['command', 4],
] as const satisfies readonly (readonly [string, number])[];
/** The name of an operation. */
export type OperationName = (typeof OPERATIONS)[number][0];

/** Moments that are brought about, in turns: see tools/chaos/moments. */
const MOMENTS = ['two-workers', 'deleted-again', 'killed-after-recover', 'killed-amidst-backups'] as const;
/** The name of a moment. */
export type MomentName = (typeof MOMENTS)[number];

/** One thing that happens. `chance`, in [0, 1), decides what is left open: which key, which person. */
export type Step = { readonly atMs: number; readonly chance: number } & (
  | { readonly kind: 'kill'; readonly victim: Victim; readonly signal: 'SIGKILL' | 'SIGTERM' }
  | { readonly kind: 'operation'; readonly name: OperationName }
  | { readonly kind: 'moment'; readonly name: MomentName }
);

/** The size of a campaign. */
export interface Size {
  readonly seed: number;
  readonly durationMs: number;
  readonly kills: number;
}

/** An operation comes each so many milliseconds on average. */
const BETWEEN_OPERATIONS_MS = 200;
/** All of them within a minute and a half. */
const BETWEEN_MOMENTS_MS = 20_000;
/** A minute of rest after so many: what timers and changes send in a day of the field comes in minutes here, and must be worked off. */
const BUSY_MS = 5 * 60_000;
const REST_MS = 60_000;
/** Kills that ask: a stop is as frequent in the field as a crash is rare. */
const STOPS = 0.3;

/** Everything that happens in a campaign, in order. */
export function timeline({ seed, durationMs, kills }: Size): readonly Step[] {
  const operations = Math.floor(busyTime(durationMs) / BETWEEN_OPERATIONS_MS);
  const steps = [
    ...Array.from({ length: kills }, (_, n) => killOf(seed, n, durationMs)),
    ...Array.from({ length: operations }, (_, n) => operationOf(seed, n, durationMs)),
    ...Array.from({ length: Math.ceil(busyTime(durationMs) / BETWEEN_MOMENTS_MS) }, (_, n) =>
      momentOf(seed, n),
    ),
  ];
  return steps.sort((a, b) => a.atMs - b.atMs);
}

function killOf(seed: number, n: number, durationMs: number): Step {
  const chance = (what: string) => draw(seed, 'kill', n, what);
  const victim = choose(
    chance('victim'),
    VICTIMS.map((name) => [name, 1] as const),
  );
  const signal = chance('signal') < STOPS ? 'SIGTERM' : 'SIGKILL';
  return {
    kind: 'kill',
    atMs: whenBusy(chance('at') * busyTime(durationMs)),
    chance: chance('open'),
    victim,
    signal,
  };
}

function operationOf(seed: number, n: number, durationMs: number): Step {
  const chance = (what: string) => draw(seed, 'operation', n, what);
  const name = choose(chance('name'), OPERATIONS);
  return {
    kind: 'operation',
    atMs: whenBusy(chance('at') * busyTime(durationMs)),
    chance: chance('open'),
    name,
  };
}

function momentOf(seed: number, n: number): Step {
  const name = MOMENTS[n % MOMENTS.length] ?? MOMENTS[0];
  return { kind: 'moment', atMs: whenBusy(n * BETWEEN_MOMENTS_MS), chance: draw(seed, 'moment', n), name };
}

/** How much of a campaign is no rest. */
function busyTime(durationMs: number): number {
  const rounds = Math.floor(durationMs / (BUSY_MS + REST_MS));
  return rounds * BUSY_MS + Math.min(durationMs - rounds * (BUSY_MS + REST_MS), BUSY_MS);
}

/** The moment of a campaign after so much busy time. */
function whenBusy(busyMs: number): number {
  return busyMs + Math.floor(busyMs / BUSY_MS) * REST_MS;
}
