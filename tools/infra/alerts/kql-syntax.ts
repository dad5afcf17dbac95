/** What a query of the alerts is made of, once it is read. */

/** An expression. */
export type Expression =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'compare';
      readonly operator: string;
      readonly left: Expression;
      readonly right: readonly Expression[];
    };

/** A column that is made: its name and value. */
export type Column = readonly [name: string, value: Expression];

/** What rows come from, or what is done to them. */
export type Step =
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'print'; readonly columns: readonly Column[] }
  | { readonly kind: 'union'; readonly of: readonly Pipeline[] }
  | { readonly kind: 'where'; readonly test: Expression }
  | { readonly kind: 'extend' | 'project' | 'distinct'; readonly columns: readonly Column[] }
  | { readonly kind: 'expand'; readonly name: string }
  | {
      readonly kind: 'join';
      readonly how: 'leftanti' | 'inner';
      readonly other: Pipeline;
      readonly on: string;
    }
  | { readonly kind: 'newest'; readonly by: readonly Column[] }
  | {
      readonly kind: 'extreme';
      readonly name: string;
      readonly of: Expression;
      readonly which: 'max' | 'min';
      readonly by: readonly Column[];
    };
export type Pipeline = readonly Step[];

/** A query: named parts, and the pipeline that answers. */
export interface Query {
  readonly named: ReadonlyMap<string, Pipeline>;
  readonly answer: Pipeline;
}
