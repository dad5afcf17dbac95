/**
 * `npm run release:check`: makes a release into dist/release/ as the workflow does, twice, and checks all of it that can be
 * checked without the network. With `--publish` what the publisher has not filled in is a failure, too.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { APPS } from '../apps.ts';
import { BUNDLED_FILE, Bundled } from './bundled.ts';
import { changesOf, notesOf } from './notes.ts';
import { packedProblems } from './packed.ts';
import { readPublisher, toFillIn } from './publisher.ts';
import { integritiesOf, sbomOf, sbomProblems } from './sbom.ts';
import { workflowProblems } from './workflows.ts';

const run = promisify(execFile);
const FOLDER = 'dist/release';
const Package = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  repository: z.looseObject({ url: z.string() }).optional(),
});
const Lock = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({ version: z.string().optional(), integrity: z.string().optional() }),
  ),
});
let failed = 0;

function report(what: string, problems: readonly string[]): void {
  process.stdout.write(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${what}\n`);
  for (const problem of problems) process.stdout.write(`     ${problem}\n`);
  failed += problems.length;
}

const subject = Package.parse(JSON.parse(await readFile('package.json', 'utf8')));

/** Builds everything a release has, and resolves with the hash of each file. */
async function make(): Promise<ReadonlyMap<string, string>> {
  await run('npm', ['run', 'package'], { maxBuffer: 64 * 1024 * 1024 });
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await run('npm', ['pack', '--pack-destination', FOLDER]);
  for (const { name } of APPS) await copyFile(`dist/${name}.zip`, `${FOLDER}/${name}.zip`);
  const packages = z.array(Bundled).parse(JSON.parse(await readFile(BUNDLED_FILE, 'utf8')));
  const integrities = integritiesOf(Lock.parse(JSON.parse(await readFile('package-lock.json', 'utf8'))));
  const sbom = JSON.stringify(sbomOf(subject, packages, integrities), null, 2);
  await writeFile(`${FOLDER}/sbom.cdx.json`, `${sbom}\n`);
  report('bill of materials', sbomProblems(packages, integrities));
  return hashes();
}

async function hashes(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of (await readdir(FOLDER)).sort()) {
    found.set(
      name,
      createHash('sha256')
        .update(await readFile(join(FOLDER, name)))
        .digest('hex'),
    );
  }
  return found;
}

const first = await make();
const second = await make();
report(
  'two builds are the same',
  [...first].filter(([name, hash]) => second.get(name) !== hash).map(([name]) => `${name} differs`),
);
report(
  'the packed command line',
  await packedProblems(`${FOLDER}/${subject.name}-${subject.version}.tgz`, subject.version),
);
await run('npm', ['run', 'infra:portal'], { maxBuffer: 64 * 1024 * 1024 });
await copyFile('dist/azuredeploy.json', `${FOLDER}/azuredeploy.json`);
await copyFile('infra/createUiDefinition.json', `${FOLDER}/createUiDefinition.json`);
report('the template of the button compiles, and is within the limits of the portal', []);

for (const file of (await readdir('.github/workflows')).sort()) {
  report(`.github/workflows/${file}`, workflowProblems(await readFile(`.github/workflows/${file}`, 'utf8')));
}
const changes = await readFile('CHANGELOG.md', 'utf8');
report(
  'the changes of this version',
  changesOf(changes, subject.version) ? [] : [`CHANGELOG.md has no part ## ${subject.version}`],
);

const publisher = await readPublisher();
const made = await hashes();
const sums = [...made].map(([name, hash]) => `${hash}  ${name}`).join('\n');
await writeFile(`${FOLDER}/SHA256SUMS`, `${sums}\n`);
const { version } = subject;
await writeFile(
  'dist/NOTES.md',
  notesOf({ version, changes, repository: publisher.repository, hashes: made }),
);

const open = toFillIn(publisher, subject.repository?.url);
if (open.length > 0) {
  process.stdout.write(`\nTo publish, fill in: ${open.join('; ')}.\n`);
  if (process.argv.includes('--publish')) failed += open.length;
}
process.stdout.write(
  failed === 0 ? `\n${FOLDER}/ holds the release: all checks passed.\n` : `\n${failed} problems.\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
