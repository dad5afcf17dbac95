import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

/** Runs `-h` of `npm start` in a Node that gives itself out as another version. */
async function helpAs(version: string) {
  const lie = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const args = [
    '--import',
    `data:text/javascript,${encodeURIComponent(lie)}`,
    'tools/with-node.mjs',
    'src/local/main.ts',
    '-h',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [[code], output, errors] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, output, errors };
}

describe('npm start in an older Node', () => {
  it.each(['18.20.0', '20.20.2', '22.11.0'])('%s says what it needs in one line', async (version) => {
    const { code, output, errors } = await helpAs(version);

    expect([code, output]).toEqual([1, '']);
    expect(errors).toBe(
      `HSM Warden needs Node 22.12 or later; this is ${version}. npm ci brings one along.\n`,
    );
  });

  it.each(['22.12.0', '22.17.1', '22.18.0', '24.0.0'])('%s works', async (version) => {
    const { code, output } = await helpAs(version);

    expect(code).toBe(0);
    expect(output).toMatch(/^usage: npm start/);
  });
});
