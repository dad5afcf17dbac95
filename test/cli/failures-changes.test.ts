import { expect, it } from 'vitest';
import { explain } from '../../src/cli/frame/failures.ts';
import { WardenError } from '../../src/core/errors.ts';

it('a decision that came too late is reported with what happened meanwhile', () => {
  const changes = ['bob approved it.', 'carol rejected it: not needed.'];
  const late = new WardenError('recovery-not-open', { message: 'It is rejected.', changes });

  expect(explain(late).message).toBe('It is rejected. bob approved it. carol rejected it: not needed.');
});
