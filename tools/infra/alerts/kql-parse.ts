/** Reads the part of KQL that the alert queries use. https://learn.microsoft.com/kusto/query/ is the language. */

import type { Column, Expression, Pipeline, Query, Step } from './kql-syntax.ts';

const TOKEN =
  /\s*(?:\/\/[^\n]*|('(?:[^'\\]|\\.)*')|(\d+[mhd])|(\d+(?:\.\d+)?)|(mv-expand|[!]?[A-Za-z_]\w*)|(==|!=|=~|<=|>=|[-=<>|,;()[\].{}:*"]))/gy;
const COMPARISONS = new Set([
  '==',
  '!=',
  '=~',
  '<',
  '>',
  '<=',
  '>=',
  'contains',
  'in',
  '!in',
  'has',
  'startswith',
  'endswith',
]);

/** Reads a query; throws at what it does not know, so that no query is half understood. */
export function parseQuery(source: string): Query {
  return new Reader(source).query();
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#tokens = [...source.matchAll(new RegExp(TOKEN))].flatMap(([, ...groups]) =>
      groups.filter((one) => one !== undefined),
    );
    const left = source.replaceAll(new RegExp(TOKEN.source, 'g'), '').trim();
    if (left !== '') throw new Error(`cannot read "${left.slice(0, 20)}"`);
  }

  query(): Query {
    const named = new Map<string, Pipeline>();
    while (this.#take('let')) {
      const name = this.#next();
      this.#expect('=');
      named.set(name, this.#pipeline());
      this.#expect(';');
    }
    const answer = this.#pipeline();
    if (this.#at < this.#tokens.length) throw new Error(`cannot read "${this.#peek()}"`);
    return { named, answer };
  }

  #pipeline(): Pipeline {
    const steps: Step[] = [...this.#source()];
    while (this.#take('|')) steps.push(this.#step());
    return steps;
  }

  #source(): Pipeline {
    if (this.#take('(')) {
      const inner = this.#pipeline();
      this.#expect(')');
      return inner;
    }
    if (this.#take('print')) return [{ kind: 'print', columns: this.#columns() }];
    if (this.#take('datatable')) {
      this.#skip('(', ')');
      this.#skip('[', ']');
      return [{ kind: 'empty' }];
    }
    if (this.#take('union')) {
      if (this.#take('isfuzzy')) for (const token of ['=', 'true']) this.#expect(token);
      const of: Pipeline[] = [];
      do of.push(this.#source());
      while (this.#take(','));
      return [{ kind: 'union', of }];
    }
    return [{ kind: 'table', name: this.#next() }];
  }

  #step(): Step {
    const word = this.#next();
    switch (word) {
      case 'where':
        return { kind: 'where', test: this.#expression() };
      case 'extend':
      case 'project':
      case 'distinct':
        return { kind: word, columns: this.#columns() };
      case 'mv-expand': {
        const name = this.#next();
        if (this.#take('to')) for (const token of ['typeof', '(', 'string', ')']) this.#expect(token);
        return { kind: 'expand', name };
      }
      case 'join': {
        for (const token of ['kind', '=']) this.#expect(token);
        const how = this.#next();
        if (how !== 'leftanti' && how !== 'inner') throw new Error(`a join of kind ${how} is not known here`);
        const other = this.#source();
        this.#expect('on');
        return { kind: 'join', how, other, on: this.#next() };
      }
      case 'summarize': {
        return this.#summary();
      }
      default:
        throw new Error(`the operator ${word} is not known here`);
    }
  }

  /** `arg_max(TimeGenerated, *) by …`, or `name = max(…) by …`. */
  #summary(): Step {
    if (this.#take('arg_max')) {
      for (const token of ['(', 'TimeGenerated', ',', '*', ')', 'by']) this.#expect(token);
      return { kind: 'newest', by: this.#columns() };
    }
    const name = this.#next();
    this.#expect('=');
    const which = this.#next();
    const [of] = this.#args();
    if ((which !== 'max' && which !== 'min') || of === undefined)
      throw new Error(`cannot summarize ${which}`);
    this.#expect('by');
    return { kind: 'extreme', name, of, which, by: this.#columns() };
  }

  #columns(): readonly Column[] {
    const columns: Column[] = [];
    do {
      const name = this.#peek();
      if (this.#tokens[this.#at + 1] === '=') {
        this.#at += 2;
        columns.push([name, this.#expression()]);
      } else columns.push([name, this.#expression()]);
    } while (this.#take(','));
    return columns;
  }

  #expression(): Expression {
    let left = this.#conjunction();
    while (this.#take('or')) left = { kind: 'call', name: 'or', args: [left, this.#conjunction()] };
    return left;
  }

  #conjunction(): Expression {
    let left = this.#comparison();
    while (this.#take('and')) left = { kind: 'call', name: 'and', args: [left, this.#comparison()] };
    return left;
  }

  #comparison(): Expression {
    const left = this.#operand();
    const operator = this.#peek();
    if (!COMPARISONS.has(operator)) return left;
    this.#at += 1;
    return {
      kind: 'compare',
      operator,
      left,
      right: operator.endsWith('in') ? this.#args() : [this.#operand()],
    };
  }

  #operand(): Expression {
    let value = this.#primary();
    for (;;) {
      if (this.#take('.')) value = { kind: 'member', of: value, name: this.#next() };
      else if (this.#take('[')) {
        value = { kind: 'index', of: value, at: this.#expression() };
        this.#expect(']');
      } else return value;
    }
  }

  #primary(): Expression {
    if (this.#take('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    const token = this.#next();
    if (token === 'dynamic')
      return { kind: 'value', value: JSON.parse(this.#skip('(', ')').replaceAll("'", '"')) };
    if (token.startsWith("'")) return { kind: 'value', value: token.slice(1, -1) };
    const [, count, unit] = /^(\d+)([mhd])$/.exec(token) ?? [];
    if (unit !== undefined)
      return {
        kind: 'value',
        value: Number(count) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 'm'],
      };
    if (/^\d/.test(token)) return { kind: 'value', value: Number(token) };
    if (token === 'true' || token === 'false') return { kind: 'value', value: token === 'true' };
    return this.#peek() === '('
      ? { kind: 'call', name: token, args: this.#args() }
      : { kind: 'name', name: token };
  }

  #args(): readonly Expression[] {
    this.#expect('(');
    const args: Expression[] = [];
    while (!this.#take(')')) {
      args.push(this.#expression());
      if (!this.#take(',') && this.#peek() !== ')') throw new Error(`expected ) and got ${this.#peek()}`);
    }
    return args;
  }

  /** What stands between two brackets, as text. */
  #skip(open: string, close: string): string {
    this.#expect(open);
    const inner: string[] = [];
    while (!this.#take(close)) inner.push(this.#next());
    return inner.join('');
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    this.#at += 1;
    return this.#tokens[this.#at - 1] ?? '';
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new Error(`expected ${token} and got ${this.#peek() || 'the end'}`);
  }
}
