/** Whether a query fires for what it must, and for nothing else. */
import { ALERTS } from './catalogue.ts';
import { evaluateQuery, type Row, type Rows } from './kql-evaluate.ts';
import { parseQuery } from './kql-parse.ts';
import { NOW, SAMPLE_VALUES } from './samples.ts';

/** What the samples of a rule say of its query. */
interface Trial {
  /** A sentence each. */
  readonly problems: readonly string[];
  readonly answersWithLogRows: boolean;
}

/** What is wrong with the query of a rule, a sentence each. The query may have its placeholders still. */
export function trySamples(name: string, text: string): readonly string[] {
  return trialOf(name, text).problems;
}

/**
 * Whether the query of a rule answers with rows of the log, each of its own time, and not with findings of this moment. A query
 * that cannot be read counts as one that does.
 */
export function answersWithLogRows(name: string, text: string): boolean {
  return trialOf(name, text).answersWithLogRows;
}

/** What was found before: the tests judge one deployment hundreds of times, each time with one value changed. */
const known = new Map<string, Trial>();

function trialOf(name: string, text: string): Trial {
  const place = `${name}\n${text}`;
  const before = known.get(place);
  if (before !== undefined) return before;
  const found = tried(name, text);
  known.set(place, found);
  return found;
}

function tried(name: string, text: string): Trial {
  const alert = ALERTS[name];
  if (alert === undefined)
    return { problems: [`nobody says what ${name} promises`], answersWithLogRows: true };
  const { fires, alsoFires = [], silent, alsoSilent = [] } = alert;
  try {
    const query = parseQuery(filled(text));
    const answers = (rows: Rows): readonly Row[] => evaluateQuery(query, rows, NOW);
    const first = answers(fires.rows);
    const subjects = first.map(({ Subject }) => Subject);
    const others = alsoFires.map((rows) => ({ rows, found: answers(rows) }));
    const problems = [
      ...(subjects.includes(fires.subject)
        ? []
        : [`does not fire for ${fires.subject}, but for ${subjects.join(', ') || 'nothing'}`]),
      ...[silent, ...alsoSilent]
        .filter((rows) => answers(rows).length > 0)
        .map((rows) => `fires for what is in order, ${JSON.stringify(rows)}`),
      ...others
        .filter(({ found }) => found.length === 0)
        .map(({ rows }) => `does not fire for ${JSON.stringify(rows)}`),
    ];
    const all = [...first, ...others.flatMap(({ found }) => found)];
    const now = NOW.toISOString();
    return { problems, answersWithLogRows: all.some(({ TimeGenerated }) => TimeGenerated !== now) };
  } catch (error) {
    return {
      problems: [error instanceof Error ? error.message : String(error)],
      answersWithLogRows: true,
    };
  }
}

/** With sample values for what a deployment fills in. */
export function filled(text: string, values: Readonly<Record<string, string>> = SAMPLE_VALUES): string {
  return text.replaceAll(/\{(\w+)\}/g, (match, name: string) => values[name] ?? match);
}
