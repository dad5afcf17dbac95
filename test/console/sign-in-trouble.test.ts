/** Sign-ins that do not come about: the person is informed, and no page waits for ever. */
import { describe, expect, it, vi } from 'vitest';
import { challenged } from '../../src/console/api/challenged.ts';
import { ApiProblem } from '../../src/console/api/problem.ts';
import { tokenOf } from '../../src/console/api/token.ts';

const never = () => new Promise<never>(() => {});

describe('a token that is waited for', () => {
  it('is not waited for beyond the limit', async () => {
    await expect(tokenOf({ token: never }, undefined, 5)).rejects.toMatchObject({
      status: 0,
      code: 'sign-in-failed',
    });
  });

  it.each(['before', 'while'])(
    'is not waited for by a page that is left %s it is asked for',
    async (when) => {
      const leaving = new AbortController();
      const left = new Error('left');
      if (when === 'before') leaving.abort(left);
      const call = tokenOf({ token: never }, leaving.signal, 30_000);
      leaving.abort(left);

      await expect(call).rejects.toBe(left);
    },
  );

  it('and cannot be had, is named as such', async () => {
    const token = () => Promise.reject(new Error('no network'));

    await expect(tokenOf({ token }, undefined, 30_000)).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: 'The sign-in could not be renewed: no network',
    });
  });
});

describe('a stronger sign-in that is asked for', () => {
  const refusal = new ApiProblem({
    status: 401,
    code: 'sign-in-stale',
    message: 'Your sign-in is too old.',
    challenge: { mustProve: true },
  });

  it('and cannot begin, is a problem to show', async () => {
    const stepUp = () => Promise.reject(new Error('interaction_in_progress'));

    expect(await challenged({ stepUp }, refusal)).toMatchObject({
      status: 401,
      code: 'sign-in-failed',
      message: 'Your sign-in is too old. The sign-in could not begin: interaction_in_progress',
    });
  });

  it('is not begun for a refusal that asks for none', async () => {
    const stepUp = vi.fn(never);
    const other = new ApiProblem({ status: 403, code: 'own-request', message: 'It is yours.' });

    expect(await challenged({ stepUp }, other)).toBe(other);
    expect(stepUp).not.toHaveBeenCalled();
  });
});
