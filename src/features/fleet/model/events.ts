/** The events of the fleet. What lasts is reported again each day. */
import { z } from 'zod';
import { type CloudEvent, eventIdOf, subjectOf } from '../../../core/events/cloud-event.ts';
import { defineEvent, toCloudEvent } from '../../../core/events/define-event.ts';
import { DAY_MS, isoTime } from '../../../core/time.ts';
import type { KnownHsm } from './fleet-document.ts';

/** An HSM that nobody protects. */
export const HSM_FOUND = defineEvent({
  kind: 'hsm-found',
  type: 'HsmWarden.HsmFound',
  severity: 'high',
  data: z.strictObject({
    hsm: z.string(),
    resource: z.string(),
    url: z.string().exactOptional(),
    firstSeenAt: z.iso.datetime(),
    /** `missing`: the backup app may not list its keys; `works`: it may; `unknown`: the HSM could not be asked. */
    role: z.enum(['works', 'missing', 'unknown']),
    why: z.string().exactOptional(),
    /** What to run, in this order; or the last one alone. */
    commands: z.array(z.string()),
  }),
  subject: z.string(),
});

/** An HSM is in no list any more. */
export const HSM_VANISHED = defineEvent({
  kind: 'hsm-vanished',
  type: 'HsmWarden.HsmVanished',
  severity: 'critical',
  data: z.strictObject({
    hsm: z.string(),
    resource: z.string(),
    lastSeenAt: z.iso.datetime(),
    vanishedAt: z.iso.datetime(),
    advice: z.string(),
  }),
  subject: z.string(),
});

/** HSMs could not be searched for: new ones are not found. */
export const DISCOVERY_FAILED = defineEvent({
  kind: 'discovery-failed',
  type: 'HsmWarden.DiscoveryFailed',
  severity: 'high',
  data: z.strictObject({
    /** The last whole one; absent before the first. */
    lastAt: z.iso.datetime().exactOptional(),
    reason: z.string(),
    advice: z.string(),
  }),
  subject: z.string(),
});

export const FLEET_EVENTS = [HSM_FOUND, HSM_VANISHED, DISCOVERY_FAILED] as const;

/** What to run so that an HSM is protected, or so that nobody waits for that. */
export function onboardingCommands({ name, url }: Pick<KnownHsm, 'name' | 'url'>): readonly string[] {
  const isUsual = url === undefined || new URL(url).hostname === `${name.toLowerCase()}.managedhsm.azure.net`;
  return [
    `hsm-warden roles apply ${isUsual ? `--hsm-name ${name}` : `--id ${url}`}`,
    `hsm-warden hsm add ${name} --reason 'WHY' (where decisions are not sealed: name ${isUsual ? name : `${name}=${url}`} in WARDEN_HSMS)`,
    `hsm-warden hsm exclude ${name} --reason 'WHY'`,
  ];
}

/** The event about an HSM that nobody protects, the same for one day. `now`: epoch milliseconds. */
export function foundEvent(hsm: KnownHsm, now: number): CloudEvent {
  const { name, resource, url, firstSeenAt, role = 'unknown', why } = hsm;
  const data: z.infer<typeof HSM_FOUND.schema>['data'] = {
    hsm: name,
    resource,
    ...(url !== undefined && { url }),
    firstSeenAt: isoTime(firstSeenAt),
    role,
    ...(why !== undefined && { why }),
    commands: [...onboardingCommands(hsm)],
  };
  return daily(HSM_FOUND.type, subjectOf(name, undefined), data, firstSeenAt, now);
}

/** The event about an HSM that vanished, the same for one day. */
export function vanishedEvent(hsm: KnownHsm, now: number): CloudEvent {
  const { name, resource, lastSeenAt, vanishedAt = now } = hsm;
  const data: z.infer<typeof HSM_VANISHED.schema>['data'] = {
    hsm: name,
    resource,
    lastSeenAt: isoTime(lastSeenAt),
    vanishedAt: isoTime(vanishedAt),
    advice: `A deleted HSM can be recovered until its retention ends: az keyvault list-deleted --resource-type hsm. Its recovery points stay. If it was meant: take it out of WARDEN_HSMS, then hsm-warden hsm exclude ${name} --reason 'WHY'`,
  };
  return daily(HSM_VANISHED.type, subjectOf(name, undefined), data, vanishedAt, now);
}

/** The event about a discovery that failed, the same for one day, one last whole discovery and one reason. */
export function failedEvent(reason: string, lastAt: number | undefined, now: number): CloudEvent {
  const data: z.infer<typeof DISCOVERY_FAILED.schema>['data'] = {
    ...(lastAt !== undefined && { lastAt: isoTime(lastAt) }),
    reason,
    advice:
      'HSMs that are known stay protected; new ones are not found. The backup app needs the role Reader on each scope of WARDEN_DISCOVERY_SCOPES, and has to read the audit log.',
  };
  return daily(DISCOVERY_FAILED.type, 'discovery', data, lastAt ?? 0, now);
}

/** One id for one day since `since` and one content: receivers know the repeats of a day. */
function daily(type: string, subject: string, data: object, since: number, now: number): CloudEvent {
  const day = Math.floor(Math.max(0, now - since) / DAY_MS);
  const id = eventIdOf(`${type} ${day} ${JSON.stringify(data)}`);
  return toCloudEvent({ id, type, subject, time: isoTime(now), data });
}
