/** Whether a query fires for what it must, and for nothing else. */
import { ALERTS } from './catalogue.ts';
import { evaluateQuery, type Rows } from './kql-evaluate.ts';
import { parseQuery } from './kql-parse.ts';
import { NOW, SAMPLE_VALUES } from './samples.ts';

/** What is wrong with the query of a rule, a sentence each. The query may have its placeholders still. */
export function trySamples(name: string, text: string): readonly string[] {
  const place = `${name}\n${text}`;
  const before = known.get(place);
  if (before !== undefined) return before;
  const found = tried(name, text);
  known.set(place, found);
  return found;
}

/** What was found before: the tests judge one deployment hundreds of times, each time with one value changed. */
const known = new Map<string, readonly string[]>();

function tried(name: string, text: string): readonly string[] {
  const alert = ALERTS[name];
  if (alert === undefined) return [`nobody says what ${name} promises`];
  try {
    const query = parseQuery(filled(text));
    const subjects = (rows: Rows) => evaluateQuery(query, rows, NOW).map(({ Subject }) => Subject);
    const found = subjects(alert.fires.rows);
    return [
      ...(found.includes(alert.fires.subject)
        ? []
        : [`does not fire for ${alert.fires.subject}, but for ${found.join(', ') || 'nothing'}`]),
      ...(subjects(alert.silent).length === 0 ? [] : ['fires for what is in order']),
      ...(alert.alsoFires ?? [])
        .filter((rows) => subjects(rows).length === 0)
        .map((rows) => `does not fire for ${JSON.stringify(rows)}`),
    ];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * Whether the query of a rule answers with rows of the log, each of its own time, and not with findings of this moment. A query
 * that cannot be read counts as one that does.
 */
export function answersWithLogRows(name: string, text: string): boolean {
  const alert = ALERTS[name];
  if (alert === undefined) return false;
  try {
    const query = parseQuery(filled(text));
    const now = NOW.toISOString();
    return [alert.fires.rows, ...(alert.alsoFires ?? [])].some((rows) =>
      evaluateQuery(query, rows, NOW).some(({ TimeGenerated }) => TimeGenerated !== now),
    );
  } catch {
    return true;
  }
}

/** With sample values for what a deployment fills in. */
export function filled(text: string): string {
  return text.replaceAll(
    /\{(hsms|sweepHours|principals|recovery|drillHsms|drillNames|drill)\}/g,
    (_match, name: string) => SAMPLE_VALUES[name] ?? '',
  );
}
