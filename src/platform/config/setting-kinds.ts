/** The kinds of values that settings take, and how a setting is written down. */
import { z } from 'zod';
import { parseSchedule } from '../../core/schedule.ts';

/** A URL without its trailing slashes. */
export const Url = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/** Six-field NCRONTAB text that the Functions host fires by. */
export const Schedule = z.string().superRefine((text, context) => {
  const schedule = parseSchedule(text);
  if ('next' in schedule) return;
  const message = `${schedule.problem}; give six-field NCRONTAB text in UTC, like 0 0 2 * * *`;
  context.addIssue({ code: 'custom', message });
});

/** A number with its unit. */
export const numberBetween = (low: number, high: number, unit: string) =>
  z.coerce
    .number(`expected a number of ${unit}`)
    .min(low, `expected at least ${low} ${unit}`)
    .max(high, `expected at most ${high} ${unit}`);

/** A setting as the documentation shows it. */
export interface SettingDoc {
  readonly description: string;
  readonly expected: string;
  readonly default?: string;
}

/** A setting: how it is read, and how it is documented. */
export const setting = <T extends z.ZodType>(schema: T, doc: SettingDoc) => ({ schema, doc });
