/** From one discovery to the next. Pure: nothing vanishes but by a whole list. */
import type { FoundHsm, Listing, RoleProbe } from '../ports.ts';
import type { FleetDocument, KnownHsm } from './fleet-document.ts';

/** What decides whether two entries are of one HSM: ids compare without regard to case. */
export function idOf({ resource }: Pick<KnownHsm, 'resource'>): string {
  return resource.toLowerCase();
}

/** The subscription of an HSM, lower case; empty where its id names none. */
function subscriptionOf(hsm: Pick<KnownHsm, 'resource'>): string {
  return /^\/subscriptions\/([^/]+)\//.exec(idOf(hsm))?.[1] ?? '';
}

/**
 * Subscriptions of known HSMs that this list says nothing of: the right to read them is gone, or they are. Then the list is a part.
 * `isExcluded`: nobody waits for these.
 */
export function unreadSubscriptions(
  before: FleetDocument | undefined,
  { subscriptions }: Listing,
  isExcluded: (hsm: KnownHsm) => boolean,
): readonly string[] {
  const expected = (before?.hsms ?? []).filter((hsm) => !isExcluded(hsm)).map(subscriptionOf);
  return [...new Set(expected)].filter((id) => id !== '' && !subscriptions.includes(id));
}

/** The fleet after a whole list at `now`, epoch milliseconds. `probes`: by {@link idOf}. */
export function fold(
  before: FleetDocument | undefined,
  { hsms }: Pick<Listing, 'hsms'>,
  probes: ReadonlyMap<string, RoleProbe>,
  now: number,
): FleetDocument {
  const known = new Map((before?.hsms ?? []).map((hsm) => [idOf(hsm), hsm]));
  const seen = new Map(hsms.map((hsm) => [idOf(hsm), hsm]));
  const found = [...seen].map(([id, hsm]) => withProbe(hsm, known.get(id), probes.get(id), now));
  const gone = [...known.values()]
    .filter((hsm) => !seen.has(idOf(hsm)))
    .map((hsm) => ({ ...hsm, vanishedAt: hsm.vanishedAt ?? now }));
  return {
    format: 1,
    since: before?.since ?? now,
    discoveredAt: now,
    hsms: [...found, ...gone].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1)),
  };
}

function withProbe(
  { name, resource, url, location }: FoundHsm,
  before: KnownHsm | undefined,
  probe: RoleProbe | undefined,
  now: number,
): KnownHsm {
  return {
    name,
    resource,
    ...(url !== undefined && { url }),
    ...(location !== undefined && { location }),
    firstSeenAt: before?.firstSeenAt ?? now,
    lastSeenAt: now,
    ...(probe !== undefined && { role: probe.role }),
    ...(probe !== undefined && 'why' in probe && { why: probe.why }),
  };
}
