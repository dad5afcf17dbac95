/**
 * The inline constraints a route parameter may carry.
 * Source: learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints (the official host uses that router).
 */

/** Says whether a value may stand in the parameter's place. */
export type Constraint = (value: string) => boolean;

const INT32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

const PLAIN: Readonly<Record<string, Constraint>> = {
  int: (value) => isWhole(value, INT32),
  long: (value) => isWhole(value, INT64),
  bool: (value) => /^(true|false)$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  guid: (value) => /^(\{)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}(\})?$/i.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  decimal: isNumeric,
  double: isNumeric,
  float: isNumeric,
  required: (value) => value !== '',
};

/** The constraint written as `int`, `minlength(3)`, `range(1,9)`, `regex(^a$)`, …; undefined when there is no such one. */
export function findConstraint(text: string): Constraint | undefined {
  const match = /^([a-z]+)(?:\((.*)\))?$/i.exec(text);
  if (!match) return undefined;
  const [, name = '', argument] = match;
  if (argument === undefined) return PLAIN[name.toLowerCase()];
  if (name.toLowerCase() === 'regex') {
    const pattern = new RegExp(argument, 'i');
    return (value) => pattern.test(value);
  }
  const numbers = argument.split(',').map(Number);
  const [first = Number.NaN, second = first] = numbers;
  if (numbers.some(Number.isNaN)) return undefined;
  switch (name.toLowerCase()) {
    case 'length':
      return (value) => value.length >= first && value.length <= second;
    case 'minlength':
      return (value) => value.length >= first;
    case 'maxlength':
      return (value) => value.length <= first;
    case 'min':
      return (value) => isWhole(value, INT64) && Number(value) >= first;
    case 'max':
      return (value) => isWhole(value, INT64) && Number(value) <= first;
    case 'range':
      return (value) => isWhole(value, INT64) && Number(value) >= first && Number(value) <= second;
    default:
      return undefined;
  }
}

function isWhole(value: string, range: { readonly min: bigint; readonly max: bigint }): boolean {
  if (!/^[+-]?\d+$/.test(value)) return false;
  const number = BigInt(value.replace(/^\+/, ''));
  return number >= range.min && number <= range.max;
}

function isNumeric(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value));
}
