/** What every check of a deployment works with, and how it says that something could not be read. */
import type { Reading, ResourceManager } from '../../adapters/arm/resource-manager.ts';
import { type Finding, unknown } from '../doctor/check.ts';
import type { Target } from './target.ts';

/** A deployment, and where its checks look. */
export interface Survey {
  readonly arm: ResourceManager;
  readonly target: Target;
  /** The region that everything will be in. */
  readonly region: string;
  /** Resource groups by their lower-case names; undefined for one that is not there, or was not seen. */
  readonly existing: ReadonlyMap<string, readonly ExistingResource[]>;
  /** Rights of the caller on the subscription; undefined when they were not seen. */
  readonly subscriptionRights: Rights | undefined;
}

/** A resource that is in a group already. */
export interface ExistingResource {
  readonly type: string;
  readonly name: string;
}

/** One set of rights, as Azure lists them: https://learn.microsoft.com/rest/api/authorization/permissions */
interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Narrows a right to assign roles to some roles, or to some who get them. */
  readonly condition?: string | null | undefined;
}
export type Rights = readonly Permission[];

/** Says of a reading without a value that it is unknown; `role` is what would be enough to read it. */
export function unread(
  check: string,
  subject: string,
  reading: Exclude<Reading<unknown>, { kind: 'ok' }>,
  role: string,
): Finding {
  const why = reading.kind === 'missing' ? 'it answered 404' : reading.why;
  const fix =
    reading.kind === 'forbidden'
      ? `Ask for ${role}, or look yourself.`
      : 'Repeat; if it goes on, look yourself.';
  return unknown(check, subject, `it could not be read: ${why}`, fix);
}

/** The id of a group. */
export function groupId(subscriptionId: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}

/** Whether a resource is there already: a second deployment meets its own names. */
export function isThere(survey: Survey, group: string, type: string, name: string): boolean {
  const resources = survey.existing.get(group.toLowerCase()) ?? [];
  return resources.some((resource) => same(resource.type, type) && same(resource.name, name));
}

/** Azure heeds no case in names, types and actions. */
export function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
