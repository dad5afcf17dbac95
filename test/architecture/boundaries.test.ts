import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const VIOLATIONS = [
  ['src/engine', "import '@azure/core-auth';", 'engine-is-pure'],
  ['src/engine', "import 'node:fs';", 'engine-is-pure'],
  ['src/engine', "import '../../config/config.ts';", 'engine-is-pure'],
  ['src/adapters', "import '../../config/config.ts';", 'adapters-know-only-the-engine'],
  ['src/config', "import '../../adapters/system/system-clock.ts';", 'config-knows-only-the-engine'],
  ['src/emulator', "import '../../engine/errors.ts';", 'emulator-stands-alone'],
  ['functions', "import '../../src/adapters/system/system-clock.ts';", 'functions-register-only'],
  ['functions', "import '../../src/emulator/errors.ts';", 'product-does-not-need-the-emulator'],
  ['src/adapters', "import '@peculiar/x509';", 'only-the-emulator-uses-its-libraries'],
  ['src/local', "import 'reflect-metadata';", 'only-the-emulator-uses-its-libraries'],
  ['functions', "import '../../src/adapters/keyvault/key-administration.ts';", 'only-operators-destroy-keys'],
  ['src/adapters/keyvault', "import '../key-administration.ts';", 'only-operators-destroy-keys'],
  ['src/local', "import '../../cli/clouds.ts';", 'nothing-needs-the-command-line'],
] as const;
const CLEAN = ['src/engine', "import '../errors.ts';"] as const;

const folders: string[] = [];
let report = '';

/** Plants one file each in fresh folders of the rooms, then runs the boundary check once over all of them. */
beforeAll(async () => {
  for (const [room, code] of [...VIOLATIONS, CLEAN]) {
    const folder = await mkdtemp(join(room, 'planted-'));
    folders.push(folder);
    await writeFile(join(folder, 'violation.ts'), code);
  }
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...folders];
  report = await promisify(execFile)('node_modules/.bin/depcruise', args).then(
    ({ stdout }) => `passed: ${stdout}`,
    (error: { stdout?: string }) => `failed: ${error.stdout ?? String(error)}`,
  );
});

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('a planted violation of the boundaries', () => {
  it.each(VIOLATIONS.map((violation, index) => [...violation, index] as const))(
    'in %s by %s is caught as %s',
    (_room, _code, rule, index) => {
      const found = report.split('\n').filter((line) => line.includes(folders[index] ?? 'nowhere'));
      expect(found.join('\n')).toContain(rule);
    },
  );

  it('makes the check fail', () => {
    expect(report).toMatch(/^failed: /);
  });

  it('is not seen where there is none', () => {
    expect(report).not.toContain(folders.at(-1));
  });
});
