/** How long a service asked to wait, in each form it may say so. */
import { RestError } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter, readFault } from '../../../src/adapters/http/fault.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('parseRetryAfter', () => {
  it.each([
    ['seconds', { 'retry-after': '10' }, 10_000],
    ['none at all', { 'retry-after': '0' }, 0],
    ['a date ahead', { 'retry-after': 'Thu, 01 Jan 2026 12:00:30 GMT' }, 30_000],
    ['a date gone by', { 'retry-after': 'Thu, 01 Jan 2026 11:59:30 GMT' }, 0],
    ['milliseconds', { 'retry-after-ms': '250' }, 250],
    ["milliseconds in Azure's own header", { 'x-ms-retry-after-ms': '250' }, 250],
    ['milliseconds rather than seconds', { 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
    ['nothing', {}, undefined],
  ])('reads %s', (_form, headers, expected) => {
    const given = new Map(Object.entries(headers));

    expect(parseRetryAfter((name) => given.get(name), NOW)).toBe(expected);
  });
});

describe('readFault', () => {
  it.each([
    ['an abort of the caller', AbortSignal.abort(), 'aborted'],
    ['an abort that is not the caller’s', new AbortController().signal, 'timeout'],
    ['an abort without a caller’s signal', undefined, 'timeout'],
  ])('takes %s for what it is', (_which, signal, kind) => {
    expect(readFault(new DOMException('aborted', 'AbortError'), signal, NOW).kind).toBe(kind);
  });

  it.each([
    [200, 'unexpected'],
    [502, 'answer'],
  ])('takes an answer %d that could not be parsed for what its status says', (statusCode, kind) => {
    const error = new RestError('<html>', { code: RestError.PARSE_ERROR, statusCode });

    expect(readFault(error, undefined, NOW).kind).toBe(kind);
  });

  it('does not stumble over what is not an error', () => {
    expect(readFault('text', undefined, NOW).kind).toBe('unexpected');
  });
});
