import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { MAIN_APPS } from '../../tools/apps.ts';

const Hook = z.strictObject({ shell: z.string(), run: z.string(), interactive: z.boolean().optional() });
const AzureYaml = z.strictObject({
  name: z.string(),
  requiredVersions: z.strictObject({ azd: z.string() }),
  infra: z.strictObject({ provider: z.literal('bicep'), path: z.string(), module: z.string() }),
  services: z.record(
    z.string(),
    z.strictObject({
      project: z.string(),
      language: z.literal('js'),
      host: z.literal('function'),
      remoteBuild: z.boolean(),
    }),
  ),
  hooks: z.record(z.string(), z.strictObject({ posix: Hook, windows: Hook })),
});
const project = AzureYaml.parse(parse(readFileSync('azure.yaml', 'utf8')));
const template = readFileSync('infra/modules/apps.bicep', 'utf8');

describe('azure.yaml', () => {
  it('deploys the packages as they were built, one for each app', () => {
    expect(Object.entries(project.services).map(([name, service]) => [name, service.project])).toEqual(
      MAIN_APPS.map(({ name }) => [name, `./dist/${name}`]),
    );
    expect(Object.values(project.services).every(({ remoteBuild }) => !remoteBuild)).toBe(true);
  });

  it('needs a version of azd that knows how not to build remotely', () => {
    expect(project.requiredVersions.azd).toBe('>= 1.24.0');
  });

  it.each(MAIN_APPS.map(({ name }) => name))(
    'finds the app %s by the tag that the template gives it',
    (name) => {
      expect(template).toContain(`'azd-service-name': '${name}'`);
    },
  );

  it('deploys the template that is there', () => {
    const { path, module } = project.infra;
    expect(() => accessSync(join(path, `${module}.bicep`))).not.toThrow();
    expect(() => accessSync(join(path, `${module}.bicepparam`))).not.toThrow();
  });

  it('has a hook before everything that asks, deploys or deletes', () => {
    expect(Object.keys(project.hooks).sort()).toEqual(
      ['postdeploy', 'predown', 'prepackage', 'preprovision', 'preup'].sort(),
    );
  });

  it.each(Object.entries(project.hooks))(
    'runs a script for %s that is there and can be run',
    (_name, { posix, windows }) => {
      expect(posix.shell).toBe('sh');
      expect(() => accessSync(posix.run, constants.X_OK)).not.toThrow();
      expect(readFileSync(posix.run, 'utf8')).toMatch(/^#!\/bin\/sh\n/);
      expect(windows.shell).toBe('pwsh');
      expect(readFileSync(windows.run, 'utf8')).toContain('exit 1');
    },
  );

  it.each(['preup', 'preprovision', 'postdeploy', 'predown'])(
    'lets %s talk to the person at the terminal',
    (name) => {
      expect(project.hooks[name]?.posix.interactive).toBe(true);
    },
  );
});

describe('the hooks', () => {
  const scripts = readdirSync('infra/hooks').filter((name) => name.endsWith('.sh'));

  it.each(scripts.filter((name) => name !== 'common.sh'))('stops at the first failure in %s', (name) => {
    expect(readFileSync(join('infra/hooks', name), 'utf8')).toMatch(/^set -eu$/m);
  });

  it.each(scripts)('loses no failure within a loop or an argument in %s', (name) => {
    const lines = readFileSync(join('infra/hooks', name), 'utf8').split('\n');
    // `for x in $(…)` and `tool "$(…)"` go on after a failure within; an assignment stops.
    const lost = lines.filter((line) => /^\s*for .*\$\((?!printf|echo)/.test(line));
    expect(lost).toEqual([]);
  });
});
