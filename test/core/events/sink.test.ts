import { describe, expect, it } from 'vitest';
import { ERROR_CLASSES, WardenError, type WardenErrorCode } from '../../../src/core/errors.ts';
import { isSinkTrouble } from '../../../src/core/events/sink.ts';

function isCode(text: string): text is WardenErrorCode {
  return Object.hasOwn(ERROR_CLASSES, text);
}

/** Every code there is: one that is added later is asked about here, too. */
const CODES = Object.keys(ERROR_CLASSES).filter(isCode);

describe('events wait', () => {
  it.each(CODES)('after %s only if it is of the topic and not for good', (code) => {
    const waits = code.startsWith('topic-') && code !== 'topic-refused';
    expect(isSinkTrouble(new WardenError(code, { message: 'planted' }))).toBe(waits);
  });
});
