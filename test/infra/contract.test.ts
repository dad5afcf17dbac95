import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { setting } from '../../src/core/settings/setting.ts';
import { SETTINGS } from '../../src/platform/config/product-settings.ts';
import { FUNCTION_NAMES } from '../../src/platform/features.ts';
import { checkFunctions, checkSettings, checkTriggers } from '../../tools/infra/contract.ts';
import { Snapshot } from '../../tools/infra/snapshot.ts';

/** The deployment as it was predicted last; `npm run infra:check` fails when it is out of date. */
const deployment = Snapshot.parse(JSON.parse(readFileSync('infra/tests/max.snapshot.json', 'utf8')));

describe('what a manifest adds and the deployment does not know', () => {
  it('is nothing today', () => {
    expect(checkSettings(deployment, 'backup')).toEqual([]);
    expect(checkFunctions(deployment, 'backup', FUNCTION_NAMES.backup)).toEqual([]);
  });

  it('fails for a setting without a default', () => {
    const WARDEN_PLANTED = setting(z.string(), { description: 'Planted.', expected: 'a text' });

    expect(checkSettings(deployment, 'backup', { ...SETTINGS, WARDEN_PLANTED })).toEqual([
      'settings: the backup app lacks WARDEN_PLANTED, which has no default',
    ]);
  });

  it('fails for a function', () => {
    expect(checkFunctions(deployment, 'backup', [...FUNCTION_NAMES.backup, 'planted'])).toEqual([
      'functions: planted of the backup app is unknown to the deployment',
    ]);
  });

  it('fails for a queue and its poison queue', () => {
    const worker = { name: 'planted', trigger: { type: 'queueTrigger', queueName: 'planted-work' } };
    const problems = checkTriggers(deployment, 'backup', [worker]);

    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('planted listens on planted-work, which');
    expect(problems[1]).toContain('planted listens on planted-work-poison, which');
  });
});
