/** What a tired person could make of a query: one value of a list left out, one side of an `or`, one table, or one clause too many. */
import type { Expression, Pipeline, Query, Step } from '../../../tools/infra/alerts/kql-syntax.ts';

/** A query that differs in one place. */
export interface Narrowing {
  readonly what: string;
  readonly query: Query;
}

/** A part that differs in one place. */
interface Changed<Part> {
  readonly what: string;
  readonly part: Part;
}

/** Each change of each kind, one by one. */
export function narrowings({ named, answer }: Query): readonly Narrowing[] {
  const inParts = [...named].flatMap(([name, pipeline]) =>
    ofPipeline(pipeline).map(({ what, part }) => ({
      what: `${name}: ${what}`,
      query: { named: new Map([...named, [name, part]]), answer },
    })),
  );
  const inAnswer = ofPipeline(answer).map(({ what, part }) => ({ what, query: { named, answer: part } }));
  const only = (subject: string): Narrowing => ({
    what: `of ${subject} alone`,
    query: { named, answer: [...answer, { kind: 'where', test: equal('Subject', subject) }] },
  });
  return [...inParts, ...inAnswer, only('somebody else')];
}

function equal(name: string, value: unknown): Expression {
  return { kind: 'compare', operator: '==', left: { kind: 'name', name }, right: [{ kind: 'value', value }] };
}

function ofPipeline(pipeline: Pipeline): readonly Changed<Pipeline>[] {
  return pipeline.flatMap((step, index) =>
    ofStep(step).map(({ what, part }) => ({
      what,
      part: [...pipeline.slice(0, index), part, ...pipeline.slice(index + 1)],
    })),
  );
}

function ofStep(step: Step): readonly Changed<Step>[] {
  if (step.kind === 'where')
    return ofExpression(step.test).map(({ what, part }) => ({ what, part: { ...step, test: part } }));
  if (step.kind === 'join')
    return ofPipeline(step.other).map(({ what, part }) => ({ what, part: { ...step, other: part } }));
  if (step.kind !== 'union') return [];
  const fewer = step.of.flatMap((leg, index) => {
    const [first] = leg;
    // An empty table gives nothing but its columns.
    if (first?.kind === 'empty') return [];
    const of = step.of.filter((_leg, at) => at !== index);
    return [
      {
        what: `without ${first?.kind === 'table' ? first.name : `part ${index + 1}`}`,
        part: { ...step, of },
      },
    ];
  });
  const within = step.of.flatMap((leg, index) =>
    ofPipeline(leg).map(({ what, part }) => ({
      what,
      part: { ...step, of: step.of.map((one, at) => (at === index ? part : one)) },
    })),
  );
  return [...fewer, ...within];
}

function ofExpression(expression: Expression): readonly Changed<Expression>[] {
  switch (expression.kind) {
    case 'call': {
      const { args, name } = expression;
      const one =
        name === 'or' ? args.map((part, index) => ({ what: `only side ${index + 1} of: or`, part })) : [];
      const within = args.flatMap((arg, index) =>
        ofExpression(arg).map(({ what, part }) => ({
          what: name === 'not' ? `not ${what}` : what,
          part: { ...expression, args: args.map((other, at) => (at === index ? part : other)) },
        })),
      );
      return [...one, ...within];
    }
    case 'compare': {
      const { operator, right } = expression;
      if (operator === 'in' && right.length > 1)
        return right.map((left, index) => ({
          what: `without ${left.kind === 'value' ? String(left.value) : index + 1}`,
          part: { ...expression, right: right.filter((_one, at) => at !== index) },
        }));
      const stricter: Readonly<Record<string, string>> = {
        contains: 'startswith',
        startswith: '==',
        endswith: '==',
      };
      const other = stricter[operator];
      return other === undefined
        ? []
        : [{ what: `${operator} made ${other}`, part: { ...expression, operator: other } }];
    }
    default:
      return [];
  }
}
