import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const VIOLATIONS = [
  ['src/core', "import '@azure/core-auth';", 'core-is-pure'],
  ['src/core', "import 'node:fs';", 'core-is-pure'],
  ['src/core', "import '../../features/roles/roles.ts';", 'core-is-pure'],
  ['src/features', "import '@azure/core-auth';", 'features-are-pure'],
  ['src/features', "import 'node:fs';", 'features-are-pure'],
  ['src/features', "import '../../platform/platform.ts';", 'features-are-pure'],
  ['src/features', "import '../watch/judge/step.ts';", 'features-keep-out-of-each-other'],
  ['src/platform', "import '../../features/watch/judge/step.ts';", 'features-show-their-doors'],
  ['src/adapters', "import '../../platform/platform.ts';", 'adapters-know-only-core-and-features'],
  [
    'src/platform/config',
    "import '../../../adapters/system/system-clock.ts';",
    'configuration-knows-no-adapter',
  ],
  ['src/emulator', "import '../../core/errors.ts';", 'emulator-stands-alone'],
  ['functions', "import '../../src/adapters/system/system-clock.ts';", 'functions-register-only'],
  ['functions', "import '../../src/emulator/errors.ts';", 'product-does-not-need-the-emulator'],
  ['src/adapters', "import '@peculiar/x509';", 'only-the-emulator-uses-its-libraries'],
  ['src/cli', "import '../../emulator/start-emulator.ts';", 'the-command-line-loads-the-emulator-late'],
  ['src/emulator/command-options-', "import 'node:http';", 'options-of-the-emulator-are-light'],
  ['src/local', "import 'reflect-metadata';", 'only-the-emulator-uses-its-libraries'],
  ['functions', "import '../../src/adapters/keyvault/key-administration.ts';", 'only-operators-destroy-keys'],
  ['src/adapters/keyvault', "import '../key-administration.ts';", 'only-operators-destroy-keys'],
  ['src/features/backup', "import '../../../core/seal/sealer.ts';", 'only-these-make-seals'],
  ['src/features/recovery', "import '../../../core/seal/seals.ts';", 'only-these-make-seals'],
  ['src/platform', "import '../../adapters/keyvault/drill-key-operations.ts';", 'only-drills-destroy-copies'],
  ['src/adapters', "import '../blob/blob-fault-container.ts';", 'only-drills-destroy-copies'],
  ['src/local', "import '../../cli/main.ts';", 'nothing-needs-the-command-line'],
  ['src/platform', "import '../../../test/support/errors.ts';", 'no-test-in-the-product'],
  ['src/console', "import '../../core/errors.ts';", 'the-console-knows-types-only'],
  ['src/console', "import 'node:fs';", 'the-console-knows-types-only'],
  ['src/platform', "import '../../console/words/count.ts';", 'nothing-needs-the-console'],
  ['tools/chaos/checker', "import '../../../../src/core/errors.ts';", 'the-checker-stands-alone'],
  ['tools/chaos/checker', "import '../../plan/draw.ts';", 'the-checker-stands-alone'],
] as const;
const CLEAN = ['src/core', "import '../errors.ts';"] as const;

const folders: string[] = [];
let circle: readonly string[] = [];
let report = '';

/** Plants one file each in fresh folders of the rooms, then runs the boundary check once over all of them. */
beforeAll(async () => {
  for (const [room, code] of [...VIOLATIONS, CLEAN]) {
    // A room that ends with a hyphen is the beginning of a name.
    const folder = await mkdtemp(room.endsWith('-') ? `${room}planted-` : join(room, 'planted-'));
    folders.push(folder);
    await writeFile(join(folder, 'violation.ts'), code);
  }
  // Two folders that import each other, though no two files do.
  circle = [await mkdtemp('tools/planted-'), await mkdtemp('tools/planted-')];
  const [one = '', other = ''] = circle;
  folders.splice(-1, 0, one, other);
  await writeFile(join(one, 'base.ts'), 'export {};');
  await writeFile(join(one, 'uses.ts'), `import '../${basename(other)}/base.ts';`);
  await writeFile(join(other, 'base.ts'), 'export {};');
  await writeFile(join(other, 'uses.ts'), `import '../${basename(one)}/base.ts';`);
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

  it('of two folders that import each other is caught, though no two files do', () => {
    const found = report.split('\n').filter((line) => line.includes('no-folder-circles'));
    expect(found.filter((line) => circle.some((folder) => line.includes(folder)))).toHaveLength(2);
  });

  it('makes the check fail', () => {
    expect(report).toMatch(/^failed: /);
  });

  it('is not seen where there is none', () => {
    expect(report).not.toContain(folders.at(-1));
  });
});
