/**
 * Reads the template expressions that a prediction leaves open, and evaluates what a cloud's own values decide. What
 * only Azure knows becomes a readable mark, such as `ref(/subscriptions/…/id-warden-backup-x).principalId`.
 */
import type { Cloud } from './clouds.ts';
import type { JsonValue } from './snapshot.ts';

/** A parsed expression. */
type Node =
  | { readonly kind: 'value'; readonly value: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'member'; readonly of: Node; readonly name: string };

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(-?\d+)|([A-Za-z_]\w*)|(.))/gy;

/** The value with every expression in it evaluated for a cloud. Expressions it cannot read stay as they are. */
export function evaluateAll(value: JsonValue, cloud: Cloud): JsonValue {
  if (typeof value === 'string') return evaluateText(value, cloud);
  if (Array.isArray(value)) return value.map((item) => evaluateAll(item, cloud));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      String(evaluateText(name, cloud)),
      evaluateAll(item, cloud),
    ]),
  );
}

function evaluateText(text: string, cloud: Cloud): JsonValue {
  // `[[` begins a text with a bracket; `[{` and `["` are JSON in a text.
  if (!/^\[[a-zA-Z]/.test(text) || !text.endsWith(']')) return text;
  const node = parse(text.slice(1, -1));
  return node === undefined ? text : evaluate(node, cloud);
}

function parse(source: string): Node | undefined {
  const tokens = [...source.matchAll(new RegExp(TOKEN))];
  let at = 0;
  const symbol = () => tokens[at]?.[4];
  const take = (expected: string): boolean => {
    if (symbol() !== expected) return false;
    at += 1;
    return true;
  };
  const expression = (): Node | undefined => {
    const [, literal, number, name] = tokens[at] ?? [];
    at += 1;
    if (literal !== undefined) return { kind: 'value', value: literal.replaceAll("''", "'") };
    if (number !== undefined) return { kind: 'value', value: Number(number) };
    if (name === undefined || !take('(')) return undefined;
    const args: Node[] = [];
    while (!take(')')) {
      const arg = expression();
      if (arg === undefined) return undefined;
      args.push(arg);
      if (!take(',') && symbol() !== ')') return undefined;
    }
    let node: Node = { kind: 'call', name: name.toLowerCase(), args };
    while (take('.')) {
      const member = tokens[at]?.[3];
      if (member === undefined) return undefined;
      at += 1;
      node = { kind: 'member', of: node, name: member };
    }
    return node;
  };
  const node = expression();
  return at >= tokens.length ? node : undefined;
}

function evaluate(node: Node, cloud: Cloud): JsonValue {
  if (node.kind === 'value') return node.value;
  if (node.kind === 'member') return memberOf(evaluate(node.of, cloud), node.name);
  const args = node.args.map((arg) => evaluate(arg, cloud));
  const texts = args.map(String);
  const [first = '', second = '', third = ''] = texts;
  switch (node.name) {
    case 'environment':
      return { ...cloud, suffixes: { ...cloud.suffixes }, authentication: { ...cloud.authentication } };
    case 'format':
      return texts.slice(1).reduce((text, arg, index) => text.replaceAll(`{${index}}`, arg), first);
    case 'concat':
      return texts.join('');
    case 'replace':
      // What a mark stands for may hold the text that is replaced; a text around marks is known.
      return /^(?:replace\(|ref\()/.test(first)
        ? `replace(${first}, ${second}, ${third})`
        : first.replaceAll(second, third);
    case 'tolower':
      return first.toLowerCase();
    case 'equals':
      return first.toLowerCase() === second.toLowerCase();
    case 'if':
      return args[first === 'true' ? 1 : 2] ?? null;
    case 'true':
      return true;
    case 'false':
      return false;
    case 'not':
      return typeof args[0] === 'boolean' ? !args[0] : `not(${first})`;
    case 'and':
      return args.every((arg) => typeof arg === 'boolean') ? args.every(Boolean) : `and(${texts.join(', ')})`;
    case 'null':
      return null;
    case 'coalesce':
      return args.find((arg) => arg !== null) ?? null;
    case 'createarray':
      return args;
    case 'join':
      return Array.isArray(args[0]) ? args[0].map(String).join(second) : `join(${texts.join(', ')})`;
    case 'split':
      return first.split(second);
    case 'last':
      return Array.isArray(args[0]) ? (args[0].at(-1) ?? null) : first;
    case 'parameters':
      // Of a function of its own, whose argument the compiler has not put in: the name of the cloud.
      return first === 'cloud' ? cloud.name : `parameters(${first})`;
    case 'resourceid':
      return resourceId(texts);
    case 'extensionresourceid':
      return `${first}/providers/${second}/${third}`;
    case 'reference':
      return `ref(${first})`;
    default:
      return `${node.name}(${texts.join(', ')})`;
  }
}

function memberOf(value: JsonValue, name: string): JsonValue {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value[name] ?? null;
  return `${String(value)}.${name}`;
}

/** `resourceId(subscription, group, type, names…)`, the one form that a prediction leaves open. */
function resourceId([subscription = '', group = '', type = '', ...names]: readonly string[]): string {
  const [provider = '', ...types] = type.split('/');
  const path = types.map((part, index) => `${part}/${names[index] ?? ''}`).join('/');
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${provider}/${path}`;
}
