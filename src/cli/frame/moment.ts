/** Moments as people write them, in one strict form that every reader understands alike, wherever the machine is. */
import { z } from 'zod';

const FORM = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.0{1,6})?)?(?:Z|([+-])(\d\d):(\d\d))?)?$/i;
const EXPECTED =
  'expected a moment like 2027-01-31, 2027-01-31T12:00Z or 2027-01-31T12:00:00+02:00 (UTC without a zone)';

/** The moment that `text` names, to the second; undefined when it names none. Without a zone it is UTC, without a time midnight. */
export function parseMoment(text: string): Date | undefined {
  const match = FORM.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second, , zoneHours, zoneMinutes] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const inRange = [
    [hour, 23],
    [minute, 59],
    [second, 59],
    [zoneHours, 14],
    [zoneMinutes, 59],
  ].every(([value = 0, most = 0]) => value <= most);
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // 2027-02-31 would be the 3rd of March, and a year below 100 one of the twentieth century.
  const exists =
    local.getUTCFullYear() === year && local.getUTCMonth() === month - 1 && local.getUTCDate() === day;
  if (!inRange || !exists) return undefined;
  const zone = (match[7] === '-' ? -1 : 1) * ((zoneHours ?? 0) * 60 + (zoneMinutes ?? 0));
  return new Date(local.getTime() - zone * 60_000);
}

/** A moment given as an option. */
export const Moment = z.string().transform((text, context) => {
  const moment = parseMoment(text);
  if (moment !== undefined) return moment;
  context.addIssue({ code: 'custom', message: EXPECTED });
  return z.NEVER;
});
