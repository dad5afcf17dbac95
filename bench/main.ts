/** `npm run bench [-- name ...]`: measures, prints a table, and fails when a figure misses its goal. */
import { BENCHES } from './benches.ts';
import type { Figure } from './figure.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; known: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(2);
}
const figures: Figure[] = [];
for (const [name, run] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${name} ...\n`);
  for (const figure of await run()) {
    figures.push(figure);
    const { what, value, unit, goal } = figure;
    process.stdout.write(
      `| ${name} | ${what} | ${format(value)} ${unit} | ${goal?.text ?? ''} | ${verdict(figure)} |\n`,
    );
  }
}
if (figures.some((figure) => figure.goal?.met(figure.value) === false)) process.exitCode = 1;

function verdict({ value, goal }: Figure): string {
  if (goal === undefined) return '';
  return goal.met(value) ? 'met' : 'MISSED';
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
