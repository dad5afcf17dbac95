/** The notifications as use cases: events come in, what is due goes out, and a channel that fails is reported. */
import { readDocument } from '../../core/documents/update-document.ts';
import { isWardenError } from '../../core/errors.ts';
import type { EventBus } from '../../core/events/bus.ts';
import type { WorkQueue } from '../../core/ports.ts';
import { type DecisionSeals, judgeOf } from '../audit/line-seals.ts';
import { changeIncidents } from './change-incidents.ts';
import { hasRepeats, withAcknowledgements } from './incidents/note-acknowledged.ts';
import { nextDue, plan } from './incidents/plan.ts';
import { prune } from './incidents/prune.ts';
import { type Reading, readEvent } from './incidents/read-event.ts';
import { takeIn } from './incidents/take-in.ts';
import { addTests } from './incidents/tests.ts';
import { ACKNOWLEDGED, type AcknowledgedIncidents, believed } from './model/acknowledged.ts';
import { type IncidentState, PRODUCT_SCOPE, scopeOf } from './model/incident-state.ts';
import type { KnownIncidents } from './model/known-incidents.ts';
import type { NotifyPolicy } from './model/policy.ts';
import type { Channel } from './model/ports.ts';
import type { NotifyMessage, QueuedEvent } from './model/queues.ts';
import type { WakeUps } from './model/wake-ups.ts';
import { Failures } from './sending/failures.ts';
import { handOver } from './sending/hand-over.ts';
import { readOutcomes } from './sending/read-outcomes.ts';
import { reportTroubles } from './sending/report-troubles.ts';
import { type SendDeps, sendDue } from './sending/send-due.ts';

/** A wait of at most this is waited for on the spot; longer ones are a delayed message's, or the timer's. */
const SHORT_WAIT_MS = 2_500;
/** The timer comes by every minute. */
const TIMER_MS = 60_000;

/** What the notifications work with. */
export interface NotifierDeps extends SendDeps {
  readonly queue: WorkQueue;
  /** Both of the process. */
  readonly wakes: WakeUps;
  readonly known: KnownIncidents;
  readonly bus: EventBus;
  readonly policy: NotifyPolicy;
  readonly reading: Reading;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Where decisions are sealed. */
  readonly decisions?: Pick<DecisionSeals, 'judge'> | undefined;
}

/**
 * Deals with a message of the queue: when it resolves, what it asks for is kept and on its way. Repeating it changes
 * nothing. A channel that fails is the timer's, which tries it again: what is for it is kept, and a message that came back for
 * it would be one that failed for good. Fails with a storage code, `state-corrupt`, `state-conflict`, `aborted` or `app-stopping`.
 */
export async function handleNotification(deps: NotifierDeps, message: NotifyMessage): Promise<void> {
  if (deps.channels.size === 0) return;
  const channelFailures = new Failures();
  try {
    await deal(deps, message, channelFailures);
  } finally {
    for (const error of channelFailures.errors)
      deps.logger.warn('a channel could not be served; the timer tries again', { error });
  }
  if (deps.signal.aborted) channelFailures.rethrow();
}

async function deal(deps: NotifierDeps, message: NotifyMessage, failures: Failures): Promise<void> {
  switch (message.kind) {
    case 'events':
      return takeEvents(deps, message.events, failures);
    case 'wake':
      return planAndSend(deps, message.scopes, true, failures);
    case 'test': {
      const asked = message.channel;
      const names = [...deps.channels.keys()].filter((name) => asked === undefined || name === asked);
      await changeIncidents(deps, PRODUCT_SCOPE, (state) =>
        addTests(state, message.test, names, deps.clock.now()),
      );
      return planAndSend(deps, [PRODUCT_SCOPE], false, failures);
    }
  }
}

/** Sends whatever is due in `hsms` and the product itself, and reports channels that fail. The minute's timer calls it. What fails holds up nothing else, and is thrown last. */
export async function reconcileNotifications(deps: NotifierDeps, hsms: readonly string[]): Promise<void> {
  if (deps.channels.size === 0) return;
  const scopes = [PRODUCT_SCOPE, ...hsms.map((hsm) => scopeOf(hsm))];
  const failures = new Failures();
  await failures.unless(() => planAndSend(deps, scopes, true, failures));
  for (const channel of deps.channels.values()) await failures.unless(() => readOutcomes(deps, channel));
  await failures.unless(() => reportTroubles(deps, [...deps.channels.keys()]));
  failures.rethrow();
}

async function takeEvents(
  deps: NotifierDeps,
  events: readonly QueuedEvent[],
  channelFailures: Failures,
): Promise<void> {
  const byScope = new Map<string, ReturnType<typeof readEvent>[]>();
  for (const event of events) {
    const read = readEvent(event, deps.reading);
    const scope = scopeOf(read.hsm);
    byScope.set(scope, [...(byScope.get(scope) ?? []), read]);
  }
  const failures = new Failures();
  const taken = new Map<string, IncidentState>();
  for (const [scope, read] of byScope) {
    const takeAll = (state: IncidentState) =>
      read.reduce((next, one) => takeIn(next, one, deps.clock.now()), state);
    const state = await failures.unless(() => changeIncidents(deps, scope, takeAll));
    if (state !== undefined) taken.set(scope, state);
  }
  await failures.unless(() => planAndSend(deps, [...byScope.keys()], false, channelFailures, taken));
  failures.rethrow();
}

/**
 * Plans and sends what is due in `scopes`, and what becomes due within moments; `all`: what waits of others is sent, too; `just`:
 * scopes as they were written just now, which are not read again before something is due. A scope that fails holds up no other,
 * and is thrown at the end; what fails of a channel goes to `channelFailures`.
 */
async function planAndSend(
  deps: NotifierDeps,
  scopes: readonly string[],
  all: boolean,
  channelFailures: Failures,
  just: ReadonlyMap<string, IncidentState> = new Map(),
): Promise<void> {
  const { clock, signal, channels } = deps;
  const known = new Map(just);
  const until = clock.now() + SHORT_WAIT_MS;
  const failures = new Failures();
  for (;;) {
    const times: (number | undefined)[] = [];
    const fed = new Set(all ? channels.keys() : []);
    for (const scope of scopes) {
      const read = known.get(scope);
      known.delete(scope);
      const state =
        read !== undefined && !isAnythingDue(read, deps)
          ? read
          : await failures.unless(() => planScope(deps, scope, fed, channelFailures));
      if (state !== undefined) times.push(nextDue(state, deps.policy));
    }
    await sendOn(deps, fed, channelFailures);
    const next = earliest(times);
    if (next === undefined) return failures.rethrow();
    const wait = next - clock.now();
    if (next > until) {
      if (wait < TIMER_MS) await deps.wakes.wake(deps, next, scopes);
      return failures.rethrow();
    }
    if (wait > 0) await clock.sleep(wait, signal);
  }
}

function isAnythingDue(state: IncidentState, { policy, clock }: NotifierDeps): boolean {
  const next = nextDue(state, policy);
  return state.outbox.length > 0 || (next !== undefined && next <= clock.now());
}

/** The incidents of `scope` after what was due; `fed` gets the names of the channels that have something to send. */
async function planScope(
  deps: NotifierDeps,
  scope: string,
  fed: Set<string>,
  failures: Failures,
): Promise<IncidentState> {
  const planned = await planDue(deps, scope);
  for (const { channel } of planned.outbox) fed.add(channel);
  if (planned.outbox.length === 0) return planned;
  const handed = await handOver(deps, planned.outbox, failures);
  if (handed.size === 0) return planned;
  return changeIncidents(deps, scope, (state) => {
    const left = state.outbox.filter(({ message }) => !handed.has(message.id));
    return left.length === state.outbox.length ? state : { ...state, outbox: left };
  });
}

/** What has been acknowledged is asked for only where something is to be repeated: that is seldom, and this is often. */
async function planDue(deps: NotifierDeps, scope: string): Promise<IncidentState> {
  const { clock, policy } = deps;
  let mustAsk = false;
  const planned = await changeIncidents(deps, scope, (state) => {
    const now = clock.now();
    mustAsk = hasRepeats(state, now);
    return mustAsk ? state : plan(prune(state, now), policy, now);
  });
  if (!mustAsk) return planned;
  const known = await acknowledgedOrNone(deps);
  return changeIncidents(deps, scope, (state) => {
    const now = clock.now();
    return plan(prune(withAcknowledgements(state, known, now), now), policy, now);
  });
}

/** All of them concurrently, so that a slow one holds up no other, nor does one that fails. */
async function sendOn(deps: NotifierDeps, names: ReadonlySet<string>, failures: Failures): Promise<void> {
  const channels = [...deps.channels.values()].filter(({ name }) => names.has(name));
  const sending = channels.map((channel) => failures.unless(() => sendDue(deps, channel)));
  const next = earliest(await Promise.all(sending));
  if (next === undefined) return;
  const wait = next - deps.clock.now();
  if (wait > 0 && wait < TIMER_MS) await deps.wakes.wake(deps, next, []);
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

function earliest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce((a, b) => (a === undefined ? b : b === undefined ? a : Math.min(a, b)), undefined);
}
