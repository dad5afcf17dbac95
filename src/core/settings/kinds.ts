/** The kinds of values that settings take. */
import { z } from 'zod';
import { parseSchedule } from '../schedule.ts';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|[a-z0-9-]+\.localhost)$/i;

/** Whether a URL names this machine only. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname);
}

/** No host has a name under it (RFC 2606). */
const NOWHERE = '.invalid';

/** Stands for an address that cannot be read: nobody is there, so that it is never asked, and is sent no token. */
export function unknownUrl(name: string): string {
  return `https://${name.toLowerCase()}${NOWHERE}`;
}

/** Whether a URL is one of {@link unknownUrl}. */
export function isUnknownUrl(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname.endsWith(NOWHERE);
}

/** Six-field NCRONTAB text that the Functions host fires by. */
export const Schedule = z.string().superRefine((text, context) => {
  const schedule = parseSchedule(text);
  if ('next' in schedule) return;
  const message = `${schedule.problem}; give six-field NCRONTAB text in UTC, like 0 0 2 * * *`;
  context.addIssue({ code: 'custom', message });
});

/** A number with its unit. */
export function numberBetween(low: number, high: number, unit: string) {
  return z.coerce
    .number(`expected a number of ${unit}`)
    .min(low, `expected at least ${low} ${unit}`)
    .max(high, `expected at most ${high} ${unit}`);
}

/** Words separated by commas or spaces. */
export const Words = z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean));

/** The name of a blob container. */
export const ContainerName = z
  .string()
  .regex(/^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/, 'expected a container name');

/** JSON text checked by a schema. A text that is no JSON is not repeated: it may hold secrets. */
export function jsonOf<T extends z.ZodType>(schema: T) {
  return z.string().transform((text, context): z.output<T> => {
    try {
      const parsed = schema.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', message: z.prettifyError(parsed.error).replaceAll('\n', ' ') });
    } catch {
      context.addIssue({ code: 'custom', message: 'expected JSON' });
    }
    return z.NEVER;
  });
}
