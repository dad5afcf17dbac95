/** Whether a query fires for what it must, and for nothing else. */
import { ALERTS } from './catalogue.ts';
import { evaluateQuery, type Row, type Rows } from './kql-evaluate.ts';
import { parseQuery } from './kql-parse.ts';
import type { Query } from './kql-syntax.ts';
import { type Alert, APP, NOW, SAMPLE_VALUES, SOMEBODY } from './samples.ts';

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
  try {
    const first = tryQuery(alert, parseQuery(filled(text)));
    if (first.problems.length > 0) return first;
    // A query that asks for one name, one key or one caller would do for samples that have no other.
    const again = tryQuery(renamed(alert), parseQuery(filled(text, renamed(SAMPLE_VALUES))));
    return { ...first, problems: again.problems.map((problem) => `with other names: ${problem}`) };
  } catch (error) {
    return {
      problems: [error instanceof Error ? error.message : String(error)],
      answersWithLogRows: true,
    };
  }
}

/** What the samples of a rule say of a query that is read. Throws for what does not exist. */
export function tryQuery({ fires, alsoFires = [], silent, alsoSilent = [] }: Alert, query: Query): Trial {
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
}

/** The same with other names of HSMs, keys, accounts, channels and callers. */
function renamed<Value>(value: Value): Value {
  return JSON.parse(
    OTHER_NAMES.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(value)),
  );
}

const OTHER_NAMES: readonly (readonly [from: RegExp, to: string])[] = [
  [/\bcontoso\b/g, 'northwind'],
  [/\bContoso\b/g, 'Northwind'],
  [/\bOrders\b/g, 'Invoices'],
  [/\b(?:signing|orders)\b/g, 'invoices'],
  [/\bops\b/g, 'desk'],
  [/\bst(?:backups|queues)\b/g, '$&x'],
  [/\bkv-seals\b/g, 'kv-other-seals'],
  [/\bhsm-sweeps-poison\b/g, 'recoveries-poison'],
  [new RegExp(APP, 'g'), '33333333-2222-3333-4444-555555555555'],
  [new RegExp(SOMEBODY, 'g'), '88888888-8888-7777-6666-555555555555'],
  [/\b01J\b/g, '01K'],
];

/** With sample values for what a deployment fills in. */
export function filled(text: string, values: Readonly<Record<string, string>> = SAMPLE_VALUES): string {
  return text.replaceAll(/\{(\w+)\}/g, (match, name: string) => values[name] ?? match);
}
