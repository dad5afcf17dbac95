/** The screen of `status`. */

import type { QueueStatus } from '../../features/notify/model/queue-status.ts';
import {
  type DeletedKeyStatus,
  type HsmStatus,
  isSealed,
  type KeyRisk,
  type SeenStatus,
  type Verdict,
  wasSeen,
} from '../../features/status/hsm-status.ts';
import type { Doubts } from '../../features/status/read-dated.ts';
import { type Connection, sameWorld } from '../connect/connection.ts';
import { counted, when } from '../connect/warden-options.ts';
import type { CliContext } from '../frame/context.ts';
import { duration } from '../frame/duration.ts';
import { type Paint, paintFor } from '../frame/style.ts';
import { pageOf } from '../recovery/api.ts';
import { type Place, recoveryUrl } from '../recovery/open-api.ts';
import { NOT_SEALED } from '../seal/describe-seal.ts';
import { type ChannelStanding, troubleOf } from './channels.ts';
import { type DrillsOf, drillLines, undrilledLine } from './drill-lines.ts';
import { type FleetFacts, fleetLines } from './fleet-lines.ts';
import { acknowledgedLines, ago, lostLine } from './lost-lines.ts';
import { queueTroubleOf } from './queued.ts';
import { SIGNS } from './signs.ts';
import { type WaitingRequest, waitingLine } from './waiting.ts';

/** A screen stays a screen; -o json has them all. */
const MOST_LINES = 20;

/** What the screen shows. `waiting`: undefined when the requests could not be read. */
export interface StatusFacts {
  readonly statuses: readonly HsmStatus[];
  readonly verdict: Verdict;
  readonly waiting: readonly WaitingRequest[] | undefined;
  readonly channels: readonly ChannelStanding[];
  /** What lies in the queue before them; absent where there is none, or it could not be read. */
  readonly queued?: QueueStatus | undefined;
  readonly connection: Place;
  /** What drills have proven; absent where that could not be read. */
  readonly drills?: DrillsOf | undefined;
  /** HSMs that nobody protects; absent where that could not be read. */
  readonly fleet?: FleetFacts | null | undefined;
}

/** The whole screen. */
export function statusPage(
  facts: StatusFacts,
  context: Pick<CliContext, 'stdout' | 'clock' | 'environment'>,
): string {
  const paint = paintFor(context, context.stdout);
  const now = context.clock.now();
  const lines = facts.statuses.flatMap((one) => [...hsmLines(one, facts, now, paint), '']);
  const requests = (facts.waiting ?? []).flatMap((request) => [
    `${paint('yellow', 'waiting')}  ${waitingLine(request, now)}`,
    `    -> hsm-warden recovery show ${request.id}${personIn(facts.connection)}${sameWorld(facts.connection)}`,
    ...pageLine(facts.connection, request.id),
  ]);
  const unheard = [
    ...facts.channels.flatMap((channel) => channelLines(channel, facts, now, paint)),
    ...queuedLines(facts, now, paint),
  ];
  const undrilled = undrilledLine(facts.drills, paint);
  const more = [
    ...requests,
    ...unheard,
    ...fleetLines(facts.fleet, facts.connection, paint),
    ...(undrilled === undefined ? [] : [undrilled]),
  ];
  return [...lines, ...more, ...(more.length === 0 ? [] : ['']), closing(facts, paint)].join('\n');
}

function channelLines(
  one: ChannelStanding,
  { connection }: StatusFacts,
  now: number,
  paint: Paint,
): string[] {
  const trouble = troubleOf(one, now);
  if (trouble === undefined) return [];
  const who = one.state === 'accepting' ? 'somebody may not be' : 'people are not';
  return [
    `${paint('yellow', '*')} ${who} reached through ${one.channel}: ${trouble.what}`,
    `    -> ${trouble.command}${sameWorld(connection)}`,
  ];
}

function queuedLines({ queued, connection }: StatusFacts, now: number, paint: Paint): string[] {
  const trouble = queued && queueTroubleOf(queued, now);
  if (trouble === undefined) return [];
  return [
    `${paint('yellow', '*')} people are not reached: ${trouble}`,
    `    -> hsm-warden doctor${sameWorld(connection)}`,
  ];
}

function closing({ statuses, verdict }: StatusFacts, paint: Paint): string {
  const seen = statuses.filter(wasSeen);
  const lost = seen.reduce((sum, one) => sum + one.lost.length, 0);
  const deleted = seen.reduce((sum, one) => sum + one.deleted.length, 0);
  const say = (colour: 'green' | 'red' | 'yellow', text: string) => paint('bold', paint(colour, text));
  if (lost > 0) return say('red', `${counted(lost, 'key')} LOST. Not every key is safe.`);
  if (verdict === 'at-risk') return say('red', 'Not every key is safe.');
  if (verdict === 'unknown') return say('yellow', 'It is not known whether every key is safe.');
  const safe = isSealed(statuses) ? 'Every key is safe' : `Every key is safe (${NOT_SEALED})`;
  if (deleted === 0) return say('green', `${safe}.`);
  const are = deleted === 1 ? 'is' : 'are';
  return say('yellow', `${safe}, but ${counted(deleted, 'key')} ${are} soft-deleted and can be recovered.`);
}

function hsmLines(one: HsmStatus, facts: StatusFacts, now: number, paint: Paint): string[] {
  const [colour, sign] =
    wasSeen(one) && one.lost.length > 0 ? (['red', 'LOST'] as const) : SIGNS[one.verdict];
  const head = `${paint('bold', one.hsm)}  ${paint(colour, sign)}`;
  if (!wasSeen(one)) return [head];
  return [
    one.sealed ? head : `${head}  ${NOT_SEALED}`,
    `  ${countsOf(one, now)}`,
    `  ${agesOf(one, now)}`,
    ...drillLines(facts.drills?.get(one.hsm), now, paint, undrilledLine(facts.drills, paint) !== undefined),
    ...cut(one.lost, (lost) => lostLine(lost, { connection: facts.connection, now, paint })),
    ...cut(
      one.risks,
      (risk) => `  ${paint('red', '!')} ${risk.key}: ${risk.detail}${fixesOf(risk, one.hsm, facts)}`,
    ),
    ...cut(acknowledgedLines(one), (line) => line),
    ...cut(safelyDeleted(one), (key) => deletedLine(key, one.hsm, facts)),
    ...one.warnings.map((warning) => `  ${paint('yellow', '*')} ${warning}`),
  ];
}

function countsOf(one: SeenStatus, now: number): string {
  const { active, covered, excluded, restorable, oldestBackupAt } = one;
  return [
    `${counted(active, 'active key')}, ${covered} with a good backup${excluded === 0 ? '' : `, ${excluded} left out by the settings`}`,
    ...(oldestBackupAt === undefined ? [] : [`oldest good backup ${ago(oldestBackupAt, now)}`]),
    ...(restorable === 0
      ? []
      : [`${counted(restorable, 'key')} that ${restorable === 1 ? 'is' : 'are'} gone can be restored`]),
  ].join('; ');
}

/** How old everything is that the verdict rests on, or that it never was. */
function agesOf({ scannedAt, lastRun, verifiedAt, doubts }: SeenStatus, now: number): string {
  const run = lastRun === undefined ? 'never' : `${lastRun.state} ${ago(lastRun.endedAt, now)}`;
  const known = (what: keyof Doubts, age: string) =>
    `last ${what} ${doubts?.[what] === undefined ? age : 'not known'}`;
  return [
    known('scan', ago(scannedAt, now)),
    known('run', run),
    known('verification', ago(verifiedAt, now)),
  ].join('; ');
}

/** Soft-deleted keys that a backup covers; the others are among the risks. */
function safelyDeleted({ deleted, risks }: SeenStatus): readonly DeletedKeyStatus[] {
  return deleted.filter(({ key }) => !risks.some((risk) => risk.key === key));
}

function deletedLine(one: DeletedKeyStatus, hsm: string, facts: StatusFacts): string {
  const { key, leftMs, scheduledPurgeAt, coverage } = one;
  const risk: KeyRisk = { key, risk: 'deleted-without-backup', detail: '' };
  return `  deleted: ${key}, purged in ${duration(leftMs)} (${when(scheduledPurgeAt)}), backup ${coverage}${fixesOf(risk, hsm, facts)}`;
}

/** What to do, a line for each way. */
function fixesOf(risk: KeyRisk, hsm: string, facts: StatusFacts): string {
  return waysOf(risk, hsm, facts)
    .map((way, index) => `\n    ${index === 0 ? '->' : 'or'} ${way}${sameWorld(facts.connection)}`)
    .join('');
}

/** Whoever may not recover a key alone asks the approvers, where there are any. */
function waysOf({ key, risk }: KeyRisk, hsm: string, { connection, waiting }: StatusFacts): string[] {
  if (risk === 'drill-failed')
    return [`hsm-warden drill show ${key} --hsm ${hsm}`, `hsm-warden backup run --hsm ${hsm} --key ${key}`];
  if (risk !== 'deleted-without-backup') return [`hsm-warden backup run --hsm ${hsm} --key ${key}`];
  const open = waiting?.find(
    (request) => request.key.toLowerCase() === key.toLowerCase() && request.hsm === hsm,
  );
  if (open !== undefined) return [`hsm-warden recovery show ${open.id}${personIn(connection)}`];
  const alone = `hsm-warden key recover --hsm-name ${hsm} --name ${key}`;
  if (recoveryUrl(connection) === undefined) return [alone];
  const asked = `hsm-warden recovery request --hsm ${hsm} --key ${key} --reason 'TICKET'${personIn(connection)}`;
  return [alone, asked];
}

/** Where the console shows a request, as far as it is known. */
function pageLine(connection: Place, id: string): readonly string[] {
  const origin = recoveryUrl(connection);
  return origin === undefined ? [] : [`       ${pageOf(origin, id)}`];
}

/** In the local world there is no signing in: it must be said who asks. */
function personIn({ world }: Pick<Connection, 'world'>): string {
  return world === undefined ? '' : ' --as alice';
}

/** The first lines, and how many more there are. */
function cut<T>(items: readonly T[], line: (item: T) => string): string[] {
  const more = items.length - MOST_LINES;
  const lines = items.slice(0, MOST_LINES).map(line);
  return more > 0 ? [...lines, `  … and ${more} more; -o json has them all`] : lines;
}
