import { expect, it } from 'vitest';
import { z } from 'zod';
import { ResourceManager } from '../../../src/adapters/arm/resource-manager.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { WardenError, type WardenErrorCode } from '../../../src/core/errors.ts';
import { tokenCredential } from '../../support/emulator-world.ts';

it.each<[WardenErrorCode, unknown]>([
  ['app-stopping', new WardenError('app-stopping', { message: 'The app stops.' })],
  ['lease-lost', new WardenError('lease-lost', { message: 'The lease was lost.' })],
  ['aborted', new Error('Ctrl-C')],
])('a question that is given up fails with the reason for that: %s', async (code, reason) => {
  const arm = new ResourceManager({
    url: 'https://127.0.0.1:1',
    credential: tokenCredential('token'),
    clock: systemClock,
    signal: AbortSignal.abort(reason),
  });

  await expect(arm.get('/subscriptions', '2022-12-01', z.unknown())).rejects.toMatchObject({ code });
});
