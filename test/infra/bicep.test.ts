import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBicep } from '../../tools/infra/bicep-cli.ts';
import { type BicepServer, startBicepServer } from '../../tools/infra/bicep-server.ts';
import { check, type Registrations, registrationsWith } from '../../tools/infra/check-snapshot.ts';
import { PLANTED_FAULTS } from '../../tools/infra/faults.ts';
import { PARAMETER_SETS, SIDE_TEMPLATES } from '../../tools/infra/parameter-sets.ts';
import type { Snapshot } from '../../tools/infra/snapshot.ts';

const bicep = findBicep(process.env);
if (bicep === undefined && process.env.BICEP_REQUIRED !== undefined) {
  throw new Error('The Bicep CLI is required here and was not found.');
}
if (bicep === undefined) {
  process.stderr.write('SKIPPED test/infra/bicep: no Bicep CLI here; `npm run infra:check` restores one\n');
}

/** A copy of the Bicep files that a test may spoil. */
function copyOfInfra(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'warden-infra-'));
  cpSync('infra', folder, { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A file in which a text stands: the one that is named, or the first. */
function fileWith(folder: string, text: string, named: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(bicep|kql)$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => readFileSync(path, 'utf8').includes(text));
  expect(found, text).not.toEqual([]);
  return found.find((path) => path.endsWith(named)) ?? found[0] ?? '';
}

describe.skipIf(bicep === undefined)('the deployment', () => {
  let server: BicepServer;
  let registrations: Registrations;
  const predicted = new Map<string, { readonly text: string; readonly snapshot: Snapshot }>();

  beforeAll(async () => {
    server = startBicepServer(bicep ?? '');
    for (const name of Object.keys(PARAMETER_SETS)) {
      predicted.set(name, await server.snapshot(resolve(`infra/tests/${name}.bicepparam`)));
    }
    // A set with a drill HSM has all apps.
    const all = predicted.get('hardened');
    registrations = all === undefined ? new Map() : registrationsWith(all.snapshot);
  }, 180_000);

  afterAll(async () => {
    await server?.stop();
  });

  it.each(Object.entries(PARAMETER_SETS))('with the parameters %s breaks no rule', (name, promise) => {
    const found = predicted.get(name);

    expect(found && check(found.snapshot, promise, registrations)).toEqual([]);
  });

  it.each(Object.keys(PARAMETER_SETS))('with the parameters %s makes what its snapshot says', (name) => {
    const path = `infra/tests/${name}.snapshot.json`;

    expect(existsSync(path)).toBe(true);
    expect(predicted.get(name)?.text === readFileSync(path, 'utf8'), `${path} is out of date`).toBe(true);
  });

  it.each(SIDE_TEMPLATES)(
    'by the template of $name makes what its snapshot says',
    async ({ name, scope }) => {
      const { text } = await server.snapshot(resolve(`infra/tests/${name}.bicepparam`), scope);

      expect(
        text === readFileSync(`infra/tests/${name}.snapshot.json`, 'utf8'),
        `${name} is out of date`,
      ).toBe(true);
    },
  );

  it.each(PLANTED_FAULTS)('is refused with $name', async ({ file, find, replace, rule, set }) => {
    const { folder, remove } = copyOfInfra();
    try {
      const path = fileWith(folder, find, file);
      const source = readFileSync(path, 'utf8');
      writeFileSync(path, source.replace(find, replace));

      const { snapshot } = await server.snapshot(join(folder, 'tests', `${set}.bicepparam`));

      const promise = PARAMETER_SETS[set];
      expect(
        promise && check(snapshot, promise, registrations).map((problem) => problem.split(':')[0]),
      ).toContain(rule);
    } finally {
      remove();
    }
  });
});
