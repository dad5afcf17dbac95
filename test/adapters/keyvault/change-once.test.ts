/** A change whose answer was lost, and what is said when nobody can see whether it was done. */
import { describe, expect, it } from 'vitest';
import { changeOnce } from '../../../src/adapters/keyvault/change-once.ts';
import { WardenError } from '../../../src/core/errors.ts';
import { DEFAULT_RETRY } from '../../../src/core/retry.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { fault } from '../../support/sweep-world.ts';

/** A change that is lost on the way, with `check` to look for it. */
function lostChange(check: () => Promise<undefined>, signal: AbortSignal) {
  const clock = new ManualClock({ now: 0, autoAdvance: true });
  const change = { attempt: () => Promise.reject(fault('hsm-unreachable')), check, repeatable: true };
  return changeOnce(change, { clock, policy: DEFAULT_RETRY, signal, onRetry: () => undefined });
}

describe('a change whose answer was lost', () => {
  it('fails with what it was lost by when nobody can see whether it was done', async () => {
    const check = () => Promise.reject(fault('hsm-forbidden'));

    const error = await failureOf(lostChange(check, new AbortController().signal));

    expect(error.code).toBe('hsm-unreachable');
  });

  it.each([
    ['aborted', new Error('Ctrl-C')],
    ['lease-lost', new WardenError('lease-lost', { message: 'The lease was lost.' })],
  ])(
    'fails with the reason of the abort when it is given up while it is looked for: %s',
    async (code, reason) => {
      const interrupt = new AbortController();
      const check = async () => {
        interrupt.abort(reason);
        throw fault('hsm-unreachable');
      };

      expect((await failureOf(lostChange(check, interrupt.signal))).code).toBe(code);
    },
  );
});
