import { describe, expect, it } from 'vitest';
import { WIDTHS } from '../../tools/captures/widths.ts';
import { capturesSection } from '../../tools/captures.ts';

/** The screens of one width, each with its command. */
function screens(width: number): readonly (readonly [string, string])[] {
  const [, after = ''] = capturesSection().split(`### ${width} columns\n`);
  const [part = ''] = after.split('\n### ');
  return [...part.matchAll(/```text\n\$ (.*)\n([\s\S]*?)\n```/g)].map(([, command = '', text = '']) => [
    command,
    text,
  ]);
}

describe.each(WIDTHS)('on a terminal of %i columns', (width) => {
  it.each(screens(width))('%s fits, but for commands, which are copied whole', (_command, text) => {
    const lines = text.split('\n').filter((line) => !/^\s*(->|or) /.test(line));
    expect(lines.filter((line) => line.length > width)).toEqual([]);
  });

  it('the five screens are there', () => {
    expect(screens(width).map(([command]) => command.split(' ').slice(1, 3).join(' '))).toEqual([
      'status',
      'watch',
      'recovery show',
      'backup list',
      'backup restore-all',
    ]);
  });

  it.each(['payments-data', 'ttghios9nhv9e4qpu6pm1fq9st'])('%s is cut nowhere that it is needed', (name) => {
    const of = (words: string) => screens(width).find(([command]) => command.includes(words))?.[1] ?? '';
    for (const screen of ['status', 'recovery show']) expect(of(screen)).toContain(name);
  });
});
