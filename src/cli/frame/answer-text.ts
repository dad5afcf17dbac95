/** How an answer becomes text, decided before the command runs: the format, the query, who reads it. */

import { type Answer, type Command, FORMATS } from './command.ts';
import type { CliContext } from './context.ts';
import { render } from './render.ts';
import { AZ_FORMATS, renderAz, sorted } from './render-az.ts';
import { paintFor } from './style.ts';

/** Options and arguments of a call, by name. */
export type Given = Readonly<Record<string, unknown>>;

/** An answer's text. */
interface Shown {
  readonly text: string;
  /** Whether a person reads standard output: doubts belong there, too. */
  readonly isForPeople: boolean;
}

/** What turns the answer of `command` into text; `now` in epoch milliseconds. Fails with UsageError for a query that is none. */
export async function answerText(
  command: Command,
  given: Given,
  context: CliContext,
): Promise<(answer: Answer, now: number) => Shown> {
  const { stdout } = context;
  const forPeople = (answer: Answer, now: number) => {
    const style = { width: stdout.columns, now, utc: given.utc === true };
    return { text: render(answer, 'table', style), isForPeople: true };
  };
  if (!command.isAz) {
    const format = FORMATS.find((known) => known === given.output) ?? command.format;
    if (format === 'table') return forPeople;
    return (answer, now) => ({ text: render(answer, format, { now, utc: true }), isForPeople: false });
  }
  const asked = given.output ?? context.environment.AZURE_CORE_OUTPUT;
  const format = AZ_FORMATS.find((known) => known === asked);
  const query = typeof given.query === 'string' ? await queryOf(given.query) : undefined;
  const coloured = paintFor(context, stdout)('bold', '') !== '';
  return (answer, now) => {
    const isBare = format === undefined && query === undefined;
    if (isBare && stdout.isTTY === true && answer.table !== undefined) return forPeople(answer, now);
    if (answer.data === undefined) return { text: '', isForPeople: false };
    const data = sorted(answer.data);
    const columns = query === undefined ? answer.azColumns : undefined;
    const text = renderAz(query === undefined ? data : query(data), {
      format: format ?? 'json',
      coloured,
      columns,
    });
    return { text, isForPeople: format === 'table' };
  };
}

/** The library is loaded for those alone who ask for something. */
async function queryOf(text: string) {
  const { compileQuery } = await import('./query.ts');
  return compileQuery(text);
}
