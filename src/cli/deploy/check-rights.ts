/** Checks the caller's rights at a scope against the actions that the deployment takes there. */
import { z } from 'zod';
import type { Reading, ResourceManager } from '../../adapters/arm/resource-manager.ts';
import { type Finding, fail, ok, unknown } from '../doctor/check.ts';
import { allows } from './rights.ts';
import { type Rights, type Survey, unread } from './survey.ts';

const Permission = z.object({
  actions: z.array(z.string()),
  notActions: z
    .array(z.string())
    .nullish()
    .transform((actions) => actions ?? []),
  condition: z.string().nullish(),
});
const CHECK = 'your rights';

/** The rights of whoever asks, at a scope: https://learn.microsoft.com/rest/api/authorization/permissions */
export function readRights(arm: ResourceManager, scope: string): Promise<Reading<Rights>> {
  return arm.list(`${scope}/providers/Microsoft.Authorization/permissions`, '2022-04-01', Permission);
}

/** Reads and judges them. `subject` is what people call the scope. */
export async function checkRights(
  { arm }: Survey,
  scope: string,
  subject: string,
  actions: readonly string[],
): Promise<readonly Finding[]> {
  const reading = await readRights(arm, scope);
  if (reading.kind !== 'ok') return [unread(CHECK, subject, reading, `Reader on ${subject}`)];
  return judgeRights(subject, reading.value, actions);
}

/** What of `actions` is not allowed, or only under a condition. */
export function judgeRights(subject: string, rights: Rights, actions: readonly string[]): readonly Finding[] {
  const missing = actions.filter((action) => allows(rights, action) === 'no');
  const narrowed = actions.filter((action) => allows(rights, action) === 'narrowed');
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const fix = `Ask for a role with these on ${subject}; docs/deploy.md says which roles have them.`;
    findings.push(fail(CHECK, subject, `you lack ${missing.join(', ')}`, fix));
  }
  if (narrowed.length > 0) {
    const fix = 'See that the condition allows every role of docs/deploy.md#permissions.';
    findings.push(unknown(CHECK, subject, `a condition narrows ${narrowed.join(', ')}`, fix));
  }
  return findings.length > 0 ? findings : [ok(CHECK, subject, `all ${actions.length} actions`)];
}
