/**
 * `--query` as az takes it: JMESPath, with what the library of az does beyond its specification. There, strings have an order
 * (`[?attributes.created < '2026-01-01']`), and a literal that is no JSON is a string.
 * Source: https://github.com/jmespath/jmespath.py, visitor.py (_is_comparable) and lexer.py (_consume_literal).
 */
import {
  compile,
  type JSONValue,
  registerFunction,
  TreeInterpreter,
  TYPE_ARRAY,
  TYPE_EXPREF,
  TYPE_NUMBER,
  TYPE_STRING,
} from '@jmespath-community/jmespath';
import { UsageError } from './failures.ts';

type Expression = ReturnType<typeof compile>;

/** What a query comes to. */
export type Query = (data: unknown) => JSONValue;

/** Compiles `text`. Fails with UsageError; the query itself fails with UsageError where it asks a function for what it cannot do. */
export function compileQuery(text: string): Query {
  let expression: Expression;
  try {
    expression = compile(text, { enable_legacy_literals: true });
  } catch (error) {
    throw new UsageError(
      `--query: ${text} is no JMESPath expression: ${wordsOf(error)}.`,
      'An example: --query "[?attributes.enabled].name". The language: https://jmespath.org',
    );
  }
  return (data) => {
    try {
      return TreeInterpreter.search(expression, JSON.parse(JSON.stringify(data)));
    } catch (error) {
      throw new UsageError(
        `--query: ${text} does not fit this answer: ${wordsOf(error)}.`,
        undefined,
        'failed',
      );
    }
  };
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}

/** The library's own way through an expression; what it calls itself for comes here, too. */
const visit = TreeInterpreter.visit.bind(TreeInterpreter);

TreeInterpreter.visit = (node, value) => {
  if (node.type !== 'Comparator' || node.name === 'EQ' || node.name === 'NE') return visit(node, value);
  const [left, right] = [visit(node.left, value), visit(node.right, value)];
  if (typeof left !== 'string' || typeof right !== 'string') return visit(node, value);
  switch (node.name) {
    case 'LT':
      return left < right;
    case 'LTE':
      return left <= right;
    case 'GT':
      return left > right;
    default:
      return left >= right;
  }
};

// The library's own look for the largest begins with a number, which no string exceeds.
for (const [name, sign] of [
  ['max_by', 1],
  ['min_by', -1],
] as const) {
  registerFunction(
    name,
    ([items, by]) => {
      // The signature below has checked both.
      if (!Array.isArray(items) || !isExpression(by)) return null;
      const keyOf = TreeInterpreter.runtime.createKeyFunction(by, [TYPE_NUMBER, TYPE_STRING]);
      const better = (one: JSONValue, other: JSONValue) => {
        const [a, b] = [keyOf(one), keyOf(other)];
        return a !== null && b !== null && (sign === 1 ? a > b : a < b);
      };
      return items.reduce<JSONValue>(
        (best, item, index) => (index === 0 || better(item, best) ? item : best),
        null,
      );
    },
    [{ types: [TYPE_ARRAY] }, { types: [TYPE_EXPREF] }],
    { override: true, warn: false },
  );
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'type' in value;
}
