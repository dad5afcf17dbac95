/**
 * `npm run infra:check`: formats, lints and predicts the deployment, judges it by the rules, and tests it. `-- --rules` judges it
 * alone; `-- --update` writes the snapshots again.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findBicep, restoreBicep } from './bicep-cli.ts';
import { startBicepServer } from './bicep-server.ts';
import { judge } from './judge.ts';
import { PARAMETER_SETS, SIDE_TEMPLATES } from './parameter-sets.ts';
import { SETTINGS_MODULE, settingsModule } from './settings-module.ts';

const LINTED = [
  'main.bicep',
  'recovery-webhook.bicep',
  'sealing-vault.bicep',
  'policy/hsm-diagnostics.bicep',
  'main.bicepparam',
];
const { values } = parseArgs({
  options: {
    update: { type: 'boolean', default: false },
    rules: { type: 'boolean', default: false },
  },
});
const bicep = findBicep(process.env) ?? (await restoreBicep());
say(`Bicep: ${bicep}`);

const failures: string[] = [];
if (values.rules) await judgeByRules();
else {
  checkFormat();
  // Modules are linted with the file that uses them; every rule is an error there.
  for (const file of LINTED) step(`lint infra/${file}`, bicep, ['lint', `infra/${file}`]);
  if (values.update) await updateSnapshots();
  else {
    // The tests judge what is predicted; order and repetition stand in the compiled template alone.
    await judgeByRules();
    step('test/infra', 'npx', ['vitest', 'run', 'test/infra'], { BICEP_REQUIRED: '1' });
  }
}

say(failures.length === 0 ? 'infra: all checks passed' : `infra: FAILED: ${failures.join(', ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Formats a copy and compares: the CLI has no way of only looking. */
function checkFormat(): void {
  const copy = mkdtempSync(join(tmpdir(), 'warden-format-'));
  try {
    cpSync('infra', copy, { recursive: true });
    step('format', bicep, ['format', '--pattern', `${copy}/**/*.bicep`]);
    step('format parameters', bicep, ['format', '--pattern', `${copy}/**/*.bicepparam`]);
    const changed = readdirSync('infra', { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.bicep(param)?$/.test(name))
      .filter((name) => readFileSync(join('infra', name), 'utf8') !== readFileSync(join(copy, name), 'utf8'));
    if (changed.length === 0) return;
    failures.push('format');
    say(`FAIL format: run \`bicep format\` on ${changed.join(', ')}`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Runs a command and notes a failure. */
function step(
  name: string,
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): void {
  const run = spawnSync(command, [...args], { encoding: 'utf8', env: { ...process.env, ...environment } });
  const good = run.error === undefined && run.status === 0;
  say(`${good ? 'ok  ' : 'FAIL'} ${name}`);
  if (good) return;
  failures.push(name);
  say(run.error?.message ?? `${run.stdout}${run.stderr}`);
}

async function judgeByRules(): Promise<void> {
  const server = startBicepServer(bicep);
  try {
    const problems = await judge(server, 'infra');
    for (const problem of problems) say(`FAIL ${problem}`);
    if (problems.length > 0) failures.push('rules');
  } finally {
    await server.stop();
  }
}

async function updateSnapshots(): Promise<void> {
  writeFileSync(SETTINGS_MODULE, settingsModule());
  const server = startBicepServer(bicep);
  try {
    const sets = Object.keys(PARAMETER_SETS).map((name) => ({ name, scope: 'resource group' as const }));
    for (const { name, scope } of [...sets, ...SIDE_TEMPLATES]) {
      const { text } = await server.snapshot(resolve(`infra/tests/${name}.bicepparam`), scope);
      writeFileSync(`infra/tests/${name}.snapshot.json`, text);
      say(`wrote infra/tests/${name}.snapshot.json`);
    }
  } finally {
    await server.stop();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
