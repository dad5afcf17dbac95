/**
 * `npm run planted`: takes away each check of checks.ts and outside-checks.ts in a copy of the checkout, and fails where no test notices. What is run is what
 * is committed. `npm run planted -- WORD ...`: only checks in files whose path holds a word.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type PlantedFault, PLANTED as STORAGE } from './checks.ts';
import { OUTSIDE } from './outside-checks.ts';

const words = process.argv.slice(2);
const PLANTED = [...STORAGE, ...OUTSIDE].filter(
  ({ file }) => words.length === 0 || words.some((word) => file.includes(word)),
);

const copy = join(mkdtempSync(join(tmpdir(), 'hsm-warden-planted-')), 'checkout');

function run(command: string, args: readonly string[], cwd = process.cwd()): number | null {
  return spawnSync(command, args, { cwd, stdio: 'ignore', env: { ...process.env, WARDEN_HISTORIES: '60' } })
    .status;
}

/** Whether the tests pass in the copy as it is. */
function pass(tests: string): boolean {
  return run('npx', ['vitest', 'run', '--bail=1', '--reporter=dot', ...tests.split(' ')], copy) === 0;
}

/** Whether a test fails once the check is gone. Throws when the check is not where it was. */
function isNoticed({ file, from, to, tests }: PlantedFault): boolean {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold: ${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  const missed = pass(tests);
  writeFileSync(path, text);
  return !missed;
}

if (run('git', ['worktree', 'add', '--quiet', '--detach', copy, 'HEAD']) !== 0) process.exit(2);
let missed = 0;
try {
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  // A test that fails as it is notices nothing.
  const all = [...new Set(PLANTED.flatMap(({ tests }) => tests.split(' ')))].join(' ');
  if (!pass(all)) throw new Error('the tests fail before anything is taken away');
  for (const fault of PLANTED) {
    const noticed = isNoticed(fault);
    if (!noticed) missed += 1;
    process.stdout.write(`${noticed ? 'noticed' : 'MISSED '}  without ${fault.check}  (${fault.tests})\n`);
  }
} finally {
  run('git', ['worktree', 'remove', '--force', copy]);
  rmSync(resolve(copy, '..'), { recursive: true, force: true });
}
process.stdout.write(`${PLANTED.length - missed} of ${PLANTED.length} noticed\n`);
process.exitCode = missed === 0 ? 0 : 1;
