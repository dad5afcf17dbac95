/** `npm run infra:portal`: compiles infra/main.bicep to dist/azuredeploy.json, for the portal's button and for Terraform, and checks it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { findBicep, restoreBicep } from './bicep-cli.ts';
import { demanded, portalProblems } from './portal-rules.ts';

const OUTPUT = 'dist/azuredeploy.json';

const bicep = findBicep(process.env) ?? (await restoreBicep());
const built = spawnSync(bicep, ['build', 'infra/main.bicep', '--stdout'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
process.stderr.write(built.stderr ?? '');
if (built.error !== undefined || built.status !== 0)
  throw built.error ?? new Error('infra/main.bicep does not compile');
const problems = portalProblems(built.stdout);
for (const problem of problems) process.stderr.write(`FAIL ${problem}\n`);
if (problems.length > 0) process.exit(1);
mkdirSync('dist', { recursive: true });
writeFileSync(OUTPUT, built.stdout);
process.stdout.write(
  `${OUTPUT}: ${Math.round(built.stdout.length / 1024)} KiB; the form demands ${demanded(built.stdout).join(', ')}\n`,
);
