/** The bill of materials: what is in the bundles, under which licence, with which hash. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { foldersIn } from '../../../tools/release/bundled.ts';
import { notesOf } from '../../../tools/release/notes.ts';
import { readPublisher, toFillIn } from '../../../tools/release/publisher.ts';
import { integritiesOf, sbomOf, sbomProblems } from '../../../tools/release/sbom.ts';

const Form = z.looseObject({
  parameters: z.looseObject({
    steps: z.array(
      z.looseObject({ name: z.string(), elements: z.array(z.looseObject({ name: z.string() })) }),
    ),
    outputs: z.record(z.string(), z.string()),
  }),
});
const SHA = Buffer.alloc(64, 7).toString('base64');
const ZOD = { name: 'zod', version: '4.6.7', license: 'MIT', hasText: true, bundles: ['backup', 'cli'] };
const SCOPED = {
  name: '@azure/identity',
  version: '4.14.1',
  license: 'MIT',
  hasText: true,
  bundles: ['backup'],
};
const HASHES = integritiesOf({
  packages: {
    '': { version: '0.2.0' },
    'node_modules/zod': { version: '4.6.7', integrity: `sha512-${SHA}` },
    'node_modules/x/node_modules/@azure/identity': { version: '4.14.1', integrity: `sha512-${SHA}` },
  },
});

describe('a bill of materials', () => {
  it('names each package with its place, licence, hash and bundles, the same each time', () => {
    const make = () =>
      sbomOf({ name: 'hsm-warden', version: '0.2.0', license: 'MIT' }, [SCOPED, ZOD], HASHES);
    expect(make()).toEqual(make());
    expect(make()).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: [
        { purl: 'pkg:npm/%40azure/identity@4.14.1', hashes: [{ alg: 'SHA-512', content: '07'.repeat(64) }] },
        { purl: 'pkg:npm/zod@4.6.7', licenses: [{ license: { id: 'MIT' } }] },
      ],
    });
  });

  it.each([
    ['a licence that nobody allowed', { ...ZOD, license: 'GPL-3.0-only' }, 'a person must allow it'],
    ['no licence', { ...ZOD, license: '' }, 'no licence'],
    ['no text of its licence', { ...ZOD, hasText: false }, 'brings no text'],
    ['a version that the lockfile does not have', { ...ZOD, version: '4.6.8' }, 'no hash'],
  ])('is refused with %s', (_, one, problem) => {
    expect(sbomProblems([one], HASHES).join('\n')).toContain(problem);
    expect(sbomProblems([ZOD], HASHES)).toEqual([]);
  });
});

describe('the packages of a bundle', () => {
  it('are those of which it holds bytes, nested ones by their own folder', () => {
    const inputs = {
      'src/cli/main.ts': { bytesInOutput: 9 },
      'node_modules/zod/v4/index.js': { bytesInOutput: 5 },
      'node_modules/zod/v4/other.js': { bytesInOutput: 5 },
      'node_modules/left-out/index.js': { bytesInOutput: 0 },
      'node_modules/a/node_modules/@b/c/index.js': { bytesInOutput: 1 },
    };
    const output = { bytes: 20, inputs, imports: [], exports: [] };

    expect(foldersIn({ outputs: { 'main.js': output } })).toEqual([
      'node_modules/a/node_modules/@b/c',
      'node_modules/zod',
    ]);
  });
});

describe('what only a publisher knows', () => {
  const KNOWN = {
    repository: 'https://github.com/a/b',
    owner: '@a',
    contact: 'keys@example.test',
    image: 'ghcr.io/a/b',
  };

  it.each([
    ['nothing is open when all is there', KNOWN, 'git+https://github.com/a/b.git', []],
    [
      'an empty member',
      { ...KNOWN, contact: '' },
      'git+https://github.com/a/b.git',
      ['contact in publisher.json'],
    ],
    [
      'another repository in package.json',
      KNOWN,
      'git+https://github.com/x/b.git',
      [expect.stringContaining('npm pkg set')],
    ],
    ['none in package.json', KNOWN, undefined, [expect.stringContaining('npm pkg set')]],
  ])('%s', (_, publisher, packaged, open) => {
    expect(toFillIn(publisher, packaged)).toEqual(open);
  });

  it('stands in a file that can be read', async () => {
    await expect(readPublisher()).resolves.toBeDefined();
  });
});

describe('the notes of a release', () => {
  const CHANGES = '# Changes\n\n## 0.2.0\n\n- new\n\n## 0.1.0\n\n- old\n';
  const released = { version: '0.2.0', changes: CHANGES, hashes: new Map([['azuredeploy.json', 'abc']]) };

  it('say what is new in this version alone, and the hash of each file', () => {
    const notes = notesOf({ ...released, repository: '' });
    expect(notes).toContain('- new');
    expect(notes).not.toContain('- old');
    expect(notes).toContain('| `azuredeploy.json` | `abc` |');
    expect(notes).not.toContain('portal.azure.com');
  });

  it('have a button for exactly this version, once the repository is known', () => {
    expect(notesOf({ ...released, repository: 'https://github.com/a/b' })).toContain(
      'uri/https%3A%2F%2Fgithub.com%2Fa%2Fb%2Freleases%2Fdownload%2Fv0.2.0%2Fazuredeploy.json/createUIDefinitionUri/',
    );
  });
});

describe('the form of the button', () => {
  it('gives what the template demands, and nothing that it does not know', () => {
    const parameters = [...readFileSync('infra/main.bicep', 'utf8').matchAll(/^param (\w+)/gm)].map(
      ([, name]) => name,
    );
    const form = Form.parse(JSON.parse(readFileSync('infra/createUiDefinition.json', 'utf8')));
    const given = Object.keys(form.parameters.outputs);

    expect(given).toEqual(expect.arrayContaining(['hsms', 'entra', 'alertReceivers']));
    expect(given.filter((name) => !parameters.includes(name))).toEqual([]);
    const steps = form.parameters.steps.flatMap(({ name, elements }) =>
      elements.map((element) => `steps('${name}').${element.name}`),
    );
    const used = Object.values(form.parameters.outputs).join(' ');
    expect(steps.filter((step) => !used.includes(step))).toEqual([]);
  });
});
