/** One discovery: lists, asks the HSMs that nobody protects for their keys, remembers, reports. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { readDocument } from '../../core/documents/update-document.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { EventBus } from '../../core/events/bus.ts';
import type { CloudEvent } from '../../core/events/cloud-event.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import type { Seals } from '../../core/seal/seals.ts';
import type { DecisionReader } from './decision-reader.ts';
import type { FleetDecisions } from './decisions.ts';
import { failedEvent, foundEvent, vanishedEvent } from './model/events.ts';
import { FLEET, type FleetDocument, sealedFleet } from './model/fleet-document.ts';
import { fold, idOf, unreadSubscriptions } from './model/fold.ts';
import { fleetOf, isNamed, type NamedHsm } from './model/states.ts';
import type { FoundHsm, HsmDirectory, ProbeRole, RoleProbe } from './ports.ts';
import { sealDoubt } from './read-fleet.ts';
import { type FleetConfig, isHsmAddress } from './settings.ts';

/** HSMs asked at one moment. */
const PROBES_AT_ONCE = 8;

/** What a discovery works with. */
export interface DiscoverDeps {
  /** Of the process, so that the log is read once. */
  readonly decided: Pick<DecisionReader, 'read'>;
  readonly state: DocumentStore;
  readonly bus: Pick<EventBus, 'sendOnce'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly seals: Seals | undefined;
  readonly directory: HsmDirectory;
  readonly probeRole: ProbeRole;
  readonly named: readonly NamedHsm[];
  readonly hosts: Pick<FleetConfig, 'hosts'>;
}

/**
 * Discovers. What cannot be listed whole, remembered or sealed is a failed discovery: it is reported, and everything that was known stays
 * as it is. Fails with the reason of `signal` only.
 */
export async function discover(deps: DiscoverDeps): Promise<'whole' | 'failed'> {
  const { state, clock, logger, signal, decided } = deps;
  let lastAt: number | undefined;
  try {
    const read = await readDocument(state, FLEET, { kind: 'fleet' }, signal);
    lastAt = read.value?.discoveredAt;
    const decisions = await readDecisions(decided);
    const fleet = await nextFleet(deps, read.value, decisions);
    await state.write({ kind: 'fleet' }, JSON.stringify(fleet), read.guard, signal);
    await report(deps, fleet, decisions);
    return 'whole';
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    // Another process has just discovered.
    if (error.code === 'state-conflict') return 'whole';
    const { message: reason } = error;
    logger.error('the discovery of HSMs failed', { code: error.code, reason, lastAt });
    await send(deps, [failedEvent(reason, lastAt, clock.now())]);
    return 'failed';
  }
}

/** Fails with the code of the failure, and says who waits for it. */
async function readDecisions(decided: DiscoverDeps['decided']): Promise<FleetDecisions> {
  try {
    return await decided.read();
  } catch (cause) {
    if (!isWardenError(cause)) throw cause;
    throw new WardenError(cause.code, {
      message: `What people decided about HSMs could not be read: ${cause.message} An HSM that people added may be neither backed up nor watched until it can.`,
      cause,
    });
  }
}

async function nextFleet(
  deps: DiscoverDeps,
  before: FleetDocument | undefined,
  decisions: FleetDecisions,
): Promise<FleetDocument> {
  const { directory, clock, seals, signal, logger } = deps;
  const doubt = before && (await sealDoubt(before, seals, signal));
  // Nothing of it is sealed again: an HSM that has vanished since is remembered nowhere else, so that it is said.
  if (doubt !== undefined) {
    logger.error('the memory of the discovery of HSMs cannot be believed', { reason: doubt });
    await send(deps, [
      failedEvent(`${doubt} HSMs that have vanished may be missing.`, undefined, clock.now()),
    ]);
  }
  const believed = doubt === undefined ? before : undefined;
  const listing = await directory.list(signal);
  // What the settings name needs no decision.
  const isExcluded = (hsm: Pick<FoundHsm, 'resource' | 'url'>) =>
    !isNamed(hsm, deps.named) && decisions.on(idOf(hsm))?.kind === 'excluded';
  const unread = unreadSubscriptions(believed, listing, isExcluded);
  if (unread.length > 0) throw partial(unread);
  const probes = await probeAll(
    deps,
    listing.hsms.filter((hsm) => !isExcluded(hsm) && !isNamed(hsm, deps.named)),
  );
  const fleet = fold(believed, listing, probes, clock.now());
  const seal = await seals?.sealer?.seal('discovery', sealedFleet(fleet), signal);
  return { ...fleet, ...(seal !== undefined && { seal }) };
}

async function probeAll(
  deps: DiscoverDeps,
  hsms: readonly FoundHsm[],
): Promise<ReadonlyMap<string, RoleProbe>> {
  const probes = new Map<string, RoleProbe>();
  const left = [...hsms];
  const work = async () => {
    for (let hsm = left.shift(); hsm !== undefined; hsm = left.shift()) {
      probes.set(idOf(hsm), await probe(deps, hsm));
    }
  };
  await Promise.all(Array.from({ length: PROBES_AT_ONCE }, work));
  return probes;
}

/** Whoever makes a resource chooses nothing of its address; all the same no other host is ever sent a token. */
async function probe({ probeRole, hosts, signal }: DiscoverDeps, hsm: FoundHsm): Promise<RoleProbe> {
  const { url } = hsm;
  if (url === undefined) return { role: 'unknown', why: 'It has no address yet.' };
  if (!isHsmAddress(url, hosts))
    return { role: 'unknown', why: `Its address ${url} is none of a Managed HSM of this cloud.` };
  return probeRole({ ...hsm, url }, signal);
}

async function report(deps: DiscoverDeps, fleet: FleetDocument, decisions: FleetDecisions): Promise<void> {
  const { named, clock, logger } = deps;
  const now = clock.now();
  const all = fleetOf(named, fleet, decisions);
  const count = (state: string) => all.filter((one) => one.state === state).length;
  const waiting = all.filter(({ state }) => state === 'found' || state === 'not-onboarded');
  const vanished = all.filter(({ state }) => state === 'vanished');
  logger.info('HSMs discovered', {
    hsms: fleet.hsms.length,
    protected: count('protected'),
    found: count('found'),
    notOnboarded: count('not-onboarded'),
    excluded: count('excluded'),
    vanished: vanished.length,
  });
  await send(deps, [
    ...vanished.flatMap(({ known }) => (known === undefined ? [] : [vanishedEvent(known, now)])),
    ...waiting.flatMap(({ known }) => (known === undefined ? [] : [foundEvent(known, now)])),
  ]);
}

/** The next discovery sends again what could not be sent, with the same ids. */
async function send({ bus, logger, signal }: DiscoverDeps, events: readonly CloudEvent[]): Promise<void> {
  try {
    await bus.sendOnce(events, { logger, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    logger.error('what a discovery found could not be reported by an event', { error });
  }
}

function partial(unread: readonly string[]): WardenError {
  return new WardenError('discovery-failed', {
    message: `The list of HSMs is not whole: ${unread.length === 1 ? 'the subscription' : 'the subscriptions'} ${unread.join(', ')} cannot be read any more.`,
    advice:
      'Give the backup app the role Reader there again; where it is gone for good: hsm-warden hsm exclude.',
  });
}
