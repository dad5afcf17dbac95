/** A restore that people do past the app, as they note it in the audit log: it is expected then, and still reported. */

import { z } from 'zod';
import { definedOnly } from '../../../core/defined-only.ts';
import type { Actor } from '../../../core/model/names.ts';
import { HsmName, KeyName } from '../../../core/model/names.ts';
import { PlainText } from '../../../core/model/plain-text.ts';
import { DAY_MS, epochOf } from '../../../core/time.ts';
import type { AuditEntry, AuditEvent } from '../../audit/entry.ts';

/** The event of the line. */
export const BREAK_GLASS = 'break-glass-noted';

const Instant = z.iso.datetime({ offset: true }).meta({ description: 'A moment, RFC 3339' });
/** Longer, it would excuse whatever comes. */
const LONGEST_MS = 7 * DAY_MS;

/** What was done, or will be: on which HSM, to one key or to any of them, in which time. */
const Facts = z.strictObject({ hsm: HsmName, key: KeyName.exactOptional(), from: Instant, until: Instant });

/** The body that notes it. */
export const BreakGlassBody = Facts.extend({ reason: PlainText }).refine(({ from, until }) => {
  const length = epochOf(until) - epochOf(from);
  return length > 0 && length <= LONGEST_MS;
}, 'expected until after from, and no more than seven days between them');
export type BreakGlassBody = z.infer<typeof BreakGlassBody>;

/** What is noted, by whom. */
export type BreakGlass = z.infer<typeof Facts> & { readonly by: string; readonly reason: string };

const Detail = z.strictObject({ from: Instant, until: Instant, reason: z.string() });

/** The line of the audit log. */
export function breakGlassEvent({ hsm, key, from, until, reason }: BreakGlassBody, by: Actor): AuditEvent {
  const about = key === undefined ? { hsm } : { hsm, key };
  const detail = JSON.stringify({ from, until, reason });
  return { event: BREAK_GLASS, actor: by, decision: 'noted', ...about, detail };
}

/** What a line notes; undefined when it cannot be read. */
export function breakGlassOf({ hsm, key, detail, actor }: AuditEntry): BreakGlass | undefined {
  const parsed = Detail.safeParse(jsonOrUndefined(detail));
  if (!parsed.success || hsm === undefined) return undefined;
  return { hsm, ...definedOnly({ key }), ...parsed.data, by: actor.name };
}

function jsonOrUndefined(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
