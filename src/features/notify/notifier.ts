/** The notifications as use cases: events come in, what is due goes out, and a channel that fails is reported. */
import { readDocument, updateDocument } from '../../core/documents/update-document.ts';
import { isWardenError } from '../../core/errors.ts';
import type { EventBus } from '../../core/events/bus.ts';
import type { WorkQueue } from '../../core/ports.ts';
import { DEFAULT_RETRY, withRetries } from '../../core/retry.ts';
import { type DecisionSeals, judgeOf } from '../audit/line-seals.ts';
import { resolveConditions } from './incidents/conditions.ts';
import { ingest } from './incidents/ingest.ts';
import { nextDue, plan } from './incidents/plan.ts';
import { prune } from './incidents/prune.ts';
import { type Reading, readEvent } from './incidents/read-event.ts';
import { addTests } from './incidents/tests.ts';
import {
  ACKNOWLEDGED,
  type AcknowledgedIncidents,
  acknowledgementOf,
  believed,
} from './model/acknowledged.ts';
import {
  INCIDENTS,
  type IncidentState,
  noIncidents,
  PRODUCT_SCOPE,
  scopeOf,
  type Thread,
} from './model/incident-state.ts';
import type { NotifyPolicy } from './model/policy.ts';
import type { Channel } from './model/ports.ts';
import { NOTIFICATIONS, type NotifyMessage, type QueuedEvent } from './model/queues.ts';
import { take } from './sending/deliveries.ts';
import { reportTroubles } from './sending/report-troubles.ts';
import { changeChannel, type SendDeps, sendDue } from './sending/send-due.ts';

/** A wait of at most this is waited for on the spot; longer ones are a delayed message's, or the timer's. */
const SHORT_WAIT_MS = 2_500;
/** The timer comes by every minute. */
const TIMER_MS = 60_000;

/** What the notifications work with. */
export interface NotifierDeps extends SendDeps {
  readonly queue: WorkQueue;
  readonly bus: EventBus;
  readonly policy: NotifyPolicy;
  readonly reading: Reading;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Where decisions are sealed. */
  readonly decisions?: Pick<DecisionSeals, 'judge'> | undefined;
}

/**
 * Deals with a message of the queue: when it resolves, what it asks for is kept and on its way. Repeating it changes
 * nothing. Fails with a storage code, `state-corrupt`, `state-conflict`, `aborted` or `app-stopping`.
 */
export async function handleNotification(deps: NotifierDeps, message: NotifyMessage): Promise<void> {
  if (deps.channels.size === 0) return;
  switch (message.kind) {
    case 'events':
      return takeEvents(deps, message.events);
    case 'wake':
      return settle(deps, message.scopes, true);
    case 'test': {
      const asked = message.channel;
      const names = [...deps.channels.keys()].filter((name) => asked === undefined || name === asked);
      await changeIncidents(deps, PRODUCT_SCOPE, (state) =>
        addTests(state, message.test, names, deps.clock.now()),
      );
      return settle(deps, [PRODUCT_SCOPE], false);
    }
  }
}

/** Sends whatever is due in `hsms` and the product itself, and reports channels that fail. The minute's timer calls it. */
export async function reconcileNotifications(deps: NotifierDeps, hsms: readonly string[]): Promise<void> {
  if (deps.channels.size === 0) return;
  const scopes = [PRODUCT_SCOPE, ...hsms.map((hsm) => scopeOf(hsm))];
  await settle(deps, scopes, true);
  await reportTroubles(deps, [...deps.channels.keys()]);
}

async function takeEvents(deps: NotifierDeps, events: readonly QueuedEvent[]): Promise<void> {
  const byScope = new Map<string, ReturnType<typeof readEvent>[]>();
  for (const event of events) {
    const read = readEvent(event, deps.reading);
    const scope = scopeOf(read.hsm);
    byScope.set(scope, [...(byScope.get(scope) ?? []), read]);
  }
  for (const [scope, read] of byScope) {
    await changeIncidents(deps, scope, (state) => {
      const now = deps.clock.now();
      return read.reduce(
        (next, one) => ('open' in one ? resolveConditions(next, one, now) : ingest(next, one, now)),
        state,
      );
    });
  }
  await settle(deps, [...byScope.keys()], false);
}

/** Plans and sends what is due in `scopes`, and what becomes due within moments; `all`: what waits of others is sent, too. */
async function settle(deps: NotifierDeps, scopes: readonly string[], all: boolean): Promise<void> {
  const { clock, signal, channels } = deps;
  const until = clock.now() + SHORT_WAIT_MS;
  for (;;) {
    const states: IncidentState[] = [];
    const fed = new Set(all ? channels.keys() : []);
    for (const scope of scopes) states.push(await planScope(deps, scope, fed));
    await sendOn(deps, fed);
    const next = earliest(states.map((state) => nextDue(state, deps.policy)));
    if (next === undefined) return;
    const wait = next - clock.now();
    if (next > until) {
      if (wait < TIMER_MS) await wake(deps, wait, scopes);
      return;
    }
    if (wait > 0) await clock.sleep(wait, signal);
  }
}

/** The incidents of `scope` after what was due; `fed` gets the names of the channels that have something to send. */
async function planScope(deps: NotifierDeps, scope: string, fed: Set<string>): Promise<IncidentState> {
  const { clock, policy } = deps;
  await noteAcknowledgements(deps, scope);
  const planned = await changeIncidents(deps, scope, (state) =>
    plan(prune(state, clock.now()), policy, clock.now()),
  );
  for (const { channel } of planned.outbox) fed.add(channel);
  return planned.outbox.length === 0 ? planned : handOver(deps, planned);
}

/** Puts what is in the outbox into the memories of the channels; killed at any point it is done again, with the same numbers. */
async function handOver(deps: NotifierDeps, { scope, outbox }: IncidentState): Promise<IncidentState> {
  const { clock, channels, logger } = deps;
  const taking = [...new Set(outbox.map(({ channel }) => channel))].map(async (name) => {
    if (channels.has(name)) await changeChannel(deps, name, (state) => take(state, outbox, clock.now()));
    else logger.warn('messages for a channel that is not in the settings are dropped', { channel: name });
  });
  for (const end of await Promise.allSettled(taking)) if (end.status === 'rejected') throw end.reason;
  const handed = new Set(outbox.map(({ message }) => message.id));
  return changeIncidents(deps, scope, (state) => {
    const left = state.outbox.filter(({ message }) => !handed.has(message.id));
    return left.length === state.outbox.length ? state : { ...state, outbox: left };
  });
}

/** All of them at once, so that a slow one holds up no other. */
async function sendOn(deps: NotifierDeps, names: ReadonlySet<string>): Promise<void> {
  const channels = [...deps.channels.values()].filter(({ name }) => names.has(name));
  const sending = channels.map(async (channel) => sendDue(deps, channel));
  const ends = await Promise.allSettled(sending);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const next = earliest(ends.map((end) => (end.status === 'fulfilled' ? end.value : undefined)));
  if (next === undefined) return;
  const wait = next - deps.clock.now();
  if (wait > 0 && wait < TIMER_MS) await wake(deps, wait, []);
}

/** What somebody has acknowledged is not repeated. */
async function noteAcknowledgements(deps: NotifierDeps, scope: string): Promise<void> {
  const { clock } = deps;
  const now = clock.now();
  const isDue = ({ repeatAt, closedAt, acknowledgedAt }: Thread) =>
    repeatAt !== undefined && repeatAt <= now && closedAt === undefined && acknowledgedAt === undefined;
  const due = Object.values((await readIncidents(deps, scope)).threads).filter(isDue);
  if (due.length === 0) return;
  const known = await acknowledgedOrNone(deps);
  if (!due.some((thread) => acknowledgementOf(known, thread) !== undefined)) return;
  await changeIncidents(deps, scope, (before) => {
    const threads = Object.entries(before.threads).map(([id, thread]): [string, Thread] => {
      const found = isDue(thread) ? acknowledgementOf(known, thread) : undefined;
      return [id, found === undefined ? thread : { ...thread, acknowledgedAt: found.at }];
    });
    return { ...before, threads: Object.fromEntries(threads) };
  });
}

/** What cannot be judged is not believed: it is repeated rather than silent. */
async function acknowledgedOrNone({
  state,
  decisions,
  logger,
}: NotifierDeps): Promise<AcknowledgedIncidents | undefined> {
  const { value } = await readDocument(state, ACKNOWLEDGED, { kind: 'notify-acknowledged' });
  if (value === undefined) return undefined;
  try {
    return believed(value, await judgeOf(decisions));
  } catch (error) {
    if (!isWardenError(error, 'seal-unavailable')) throw error;
    logger.warn('incidents are repeated, for who acknowledged them cannot be judged', { error });
    return undefined;
  }
}

async function readIncidents(deps: NotifierDeps, scope: string): Promise<IncidentState> {
  return changeIncidents(deps, scope, (state) => state);
}

async function changeIncidents(
  { state: store, writes, clock, signal }: NotifierDeps,
  scope: string,
  change: (state: IncidentState) => IncidentState,
): Promise<IncidentState> {
  const address = { kind: 'notify-incidents', scope } as const;
  const write = async () => {
    const { after } = await updateDocument(store, INCIDENTS, address, (stored) => {
      const before = stored ?? noIncidents(scope);
      const next = change(before);
      return next === before ? stored : next;
    });
    return after.value ?? noIncidents(scope);
  };
  return writes.run(`incidents ${scope}`, () => withRetries(write, clock, DEFAULT_RETRY, signal));
}

/** A message that comes back when something is due. The timer would see to it, too, a little later: so a failure is none. */
async function wake(
  { queue, logger }: NotifierDeps,
  waitMs: number,
  scopes: readonly string[],
): Promise<void> {
  try {
    await queue.send(NOTIFICATIONS, { kind: 'wake', scopes: [...scopes] }, Math.ceil(waitMs / 1000));
  } catch (error) {
    if (!isWardenError(error)) throw error;
    logger.warn('the wake-up of the notifications could not be sent', { error });
  }
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce((a, b) => (a === undefined ? b : b === undefined ? a : Math.min(a, b)), undefined);
}
