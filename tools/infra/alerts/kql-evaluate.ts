/** Answers a query over sample rows, as Azure Monitor would at a moment. */
import type { Column, Expression, Pipeline, Query, Step } from './kql-syntax.ts';
import { TABLES, type TableName } from './tables.ts';

/** A row: its columns by name. Moments are ISO 8601 text. */
export type Row = Readonly<Record<string, unknown>>;
/** Rows by table. */
export type Rows = Partial<Readonly<Record<TableName, readonly Row[]>>>;

/** The rows that a query answers at the moment `now`. Throws for a table or a function that does not exist. */
export function evaluateQuery(query: Query, rows: Rows, now: Date): readonly Row[] {
  const known = new Map<string, readonly Row[]>();
  const tableOf = (name: string): readonly Row[] => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const columns: Readonly<Record<string, string>> | undefined = Object.hasOwn(TABLES, name)
      ? TABLES[name as TableName]
      : undefined;
    if (columns === undefined) throw new Error(`there is no table ${name}`);
    return rows[name as TableName] ?? [];
  };
  for (const [name, pipeline] of query.named) known.set(name, run(pipeline, tableOf, now));
  return run(query.answer, tableOf, now);
}

type TableOf = (name: string) => readonly Row[];

function run(pipeline: Pipeline, tableOf: TableOf, now: Date): readonly Row[] {
  return pipeline.reduce<readonly Row[]>((rows, step) => take(step, rows, tableOf, now), []);
}

function take(step: Step, rows: readonly Row[], tableOf: TableOf, now: Date): readonly Row[] {
  switch (step.kind) {
    case 'table':
      return tableOf(step.name);
    case 'empty':
      return [];
    case 'print':
      return [made({}, step.columns, now)];
    case 'union':
      return step.of.flatMap((part) => run(part, tableOf, now));
    case 'where':
      return rows.filter((row) => resultOf(step.test, row, now) === true);
    case 'extend':
      return rows.map((row) => ({ ...row, ...made(row, step.columns, now) }));
    case 'project':
      return rows.map((row) => made(row, step.columns, now));
    case 'distinct':
      return [
        ...new Map(
          rows.map((row) => made(row, step.columns, now)).map((row) => [JSON.stringify(row), row]),
        ).values(),
      ];
    case 'expand':
      return rows.flatMap((row) => listOf(row[step.name]).map((one) => ({ ...row, [step.name]: one })));
    case 'join': {
      const others = run(step.other, tableOf, now);
      const like = (row: Row) => others.filter((other) => other[step.on] === row[step.on]);
      return step.how === 'leftanti'
        ? rows.filter((row) => like(row).length === 0)
        : rows.flatMap((row) => like(row).map((other) => ({ ...other, ...row })));
    }
    case 'newest':
      return groups(rows, step.by, now).map(([group, members]) => ({
        ...members.reduce((a, b) => (String(a.TimeGenerated) < String(b.TimeGenerated) ? b : a)),
        ...group,
      }));
    case 'extreme':
      return groups(rows, step.by, now).map(([group, members]) => ({
        ...group,
        [step.name]: Math[step.which](...members.map((row) => Number(resultOf(step.of, row, now)))),
      }));
  }
}

function groups(
  rows: readonly Row[],
  by: readonly Column[],
  now: Date,
): readonly (readonly [group: Row, members: readonly Row[]])[] {
  const found = new Map<string, readonly [Row, Row[]]>();
  for (const row of rows) {
    const group = made(row, by, now);
    const members = found.get(JSON.stringify(group))?.[1];
    if (members === undefined) found.set(JSON.stringify(group), [group, [row]]);
    else members.push(row);
  }
  return [...found.values()];
}

function made(row: Row, columns: readonly Column[], now: Date): Row {
  return Object.fromEntries(columns.map(([name, value]) => [name, resultOf(value, row, now)]));
}

function resultOf(expression: Expression, row: Row, now: Date): unknown {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'name':
      return row[expression.name];
    case 'member':
      return memberOf(resultOf(expression.of, row, now), expression.name);
    case 'index':
      return memberOf(resultOf(expression.of, row, now), String(resultOf(expression.at, row, now)));
    case 'compare':
      return compare(
        expression.operator,
        resultOf(expression.left, row, now),
        expression.right.map((one) => resultOf(one, row, now)),
      );
    case 'call':
      // The only function that is given the name of a column.
      if (expression.name === 'column_ifexists') return columnIfExists(expression.args, row, now);
      return call(
        expression.name,
        expression.args.map((arg) => resultOf(arg, row, now)),
        now,
      );
  }
}

function columnIfExists([name, otherwise]: readonly Expression[], row: Row, now: Date): unknown {
  const column = name === undefined ? '' : String(resultOf(name, row, now));
  return row[column] ?? (otherwise === undefined ? undefined : resultOf(otherwise, row, now));
}

function call(name: string, args: readonly unknown[], now: Date): unknown {
  const [first, second, third] = args;
  switch (name) {
    case 'and':
      return first === true && second === true;
    case 'or':
      return first === true || second === true;
    case 'iff':
      return first === true ? second : third;
    case 'not':
      return first !== true;
    case 'now':
      return now.toISOString();
    case 'ago':
      return new Date(now.getTime() - Number(first)).toISOString();
    case 'parse_json':
      return parsed(first);
    case 'parse_url':
      return URL.canParse(String(first))
        ? { Path: new URL(String(first)).pathname, Host: new URL(String(first)).host }
        : {};
    case 'tostring':
      return first === undefined || first === null
        ? ''
        : typeof first === 'string'
          ? first
          : JSON.stringify(first);
    case 'toint':
    case 'tolong':
    case 'todouble':
      return first === undefined || first === null || first === '' ? undefined : Number(first);
    case 'tobool':
      return first === undefined ? undefined : String(first) === 'true';
    case 'tolower':
      return String(first ?? '').toLowerCase();
    case 'bag_keys':
      return typeof first === 'object' && first !== null && !Array.isArray(first) ? Object.keys(first) : [];
    case 'isnotempty':
      return first !== undefined && first !== null && first !== '';
    case 'isempty':
      return first === undefined || first === null || first === '';
    case 'strcat':
      return args.map((arg) => String(arg ?? '')).join('');
    case 'split':
      return String(first ?? '').split(String(second));
    case 'array_length':
      return listOf(first).length;
    default:
      throw new Error(`the function ${name} is not known here`);
  }
}

function compare(operator: string, left: unknown, right: readonly unknown[]): boolean {
  const [first] = right;
  const lower = (value: unknown) => String(value ?? '').toLowerCase();
  switch (operator) {
    case '==':
      return left === first;
    case '!=':
      return left !== first;
    case '=~':
      return lower(left) === lower(first);
    case 'in':
      return right.includes(left);
    case '!in':
      return !right.includes(left);
    case 'contains':
    case 'has':
      return lower(left).includes(lower(first));
    case 'startswith':
      return lower(left).startsWith(lower(first));
    case 'endswith':
      return lower(left).endsWith(lower(first));
    default: {
      if (left === undefined || left === null) return false;
      const [a, b] = typeof left === 'number' ? [left, Number(first)] : [String(left), String(first)];
      if (operator === '<') return a < b;
      if (operator === '>') return a > b;
      return operator === '<=' ? a <= b : a >= b;
    }
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value[Number(name)];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parsed(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return value;
  }
}
