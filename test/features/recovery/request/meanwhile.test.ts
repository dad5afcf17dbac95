/** A decision that came too late is explained, as far as what happened can be read. */
import { expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import { withChanges } from '../../../../src/features/recovery/request/meanwhile.ts';
import { aRequest, T0 } from '../../../support/recovery-builders.ts';

const LATE = new WardenError('recovery-not-open', { message: 'It is rejected.', advice: 'Ask again.' });
const get = async () => ({ record: aRequest(), etag: '"1"' });
const history = async () => [
  { at: T0, event: 'requested', by: 'alice' },
  { at: T0, event: 'approval-given', by: 'bob', detail: 'signed in long ago' },
  { at: T0, event: 'rejected', by: 'carol', detail: 'not needed' },
];

it('tells what people did, and keeps everything else of the refusal', async () => {
  expect(await withChanges({ get, history }, LATE, undefined)).toMatchObject({
    code: 'recovery-not-open',
    message: 'It is rejected.',
    advice: 'Ask again.',
    changes: ['bob approved it.', 'carol rejected it: not needed.'],
  });
});

it('leaves the refusal as it is where what happened cannot be read', async () => {
  const error = new WardenError('storage-unavailable', { message: 'planted' });

  expect(await withChanges({ get, history: () => Promise.reject(error) }, LATE, undefined)).toBe(LATE);
  expect(await withChanges({ get: () => Promise.reject(error), history }, LATE, undefined)).toBe(LATE);
});

it('reads nothing for a refusal that has another reason', async () => {
  const own = new WardenError('own-request', { message: 'It is yours.' });
  const never = () => Promise.reject(new Error('expected nothing to be read'));

  expect(await withChanges({ get: never, history: never }, own, undefined)).toBe(own);
});
