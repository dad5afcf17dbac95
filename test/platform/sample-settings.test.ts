/** The sample of settings for `func start`. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../../src/platform/config/config.ts';

const Sample = z.strictObject({ IsEncrypted: z.literal(false), Values: z.record(z.string(), z.string()) });

it('is what the app reads without a problem', () => {
  const { Values } = Sample.parse(JSON.parse(readFileSync('local.settings.sample.json', 'utf8')));

  expect(readConfig(Values)).toMatchObject({ hsms: [{ name: 'contoso', url: 'https://127.0.0.1:8443' }] });
});
