import { describe, expect, it } from 'vitest';
import { createBackOff } from '../../../../src/local/host/queue/back-off.ts';
import { decodeMessage } from '../../../../src/local/host/queue/message-value.ts';

describe('the wait between two reads of a queue', () => {
  it('doubles from 100 ms while the queue stays empty, up to the longest', () => {
    const backOff = createBackOff(1000, () => 0.5);

    expect([false, false, false, false, false, false].map(backOff.next)).toEqual([
      100, 200, 300, 500, 900, 1000,
    ]);
  });

  it('starts over after a message was found', () => {
    const backOff = createBackOff(60_000, () => 0.5);
    for (let look = 0; look < 5; look += 1) backOff.next(false);

    expect([true, false, false].map(backOff.next)).toEqual([100, 200, 300]);
  });

  it.each([
    [0, 180],
    [0.5, 200],
    [0.999_999, 220],
  ])('varies by a fifth: at random %d it is %d ms', (random, expected) => {
    const backOff = createBackOff(60_000, () => random);
    backOff.next(true);

    expect(Math.round(backOff.next(false))).toBe(expected);
  });

  it('is never longer than the longest, even the first', () => {
    expect(createBackOff(50, () => 0.5).next(true)).toBe(50);
  });
});

describe('a stored message', () => {
  it.each(['', 'plain', '{"a":"grüße 🔑"}'])('%s comes back as it was', (content) => {
    expect(decodeMessage(Buffer.from(content).toString('base64'), 'base64')).toBe(content);
    expect(decodeMessage(content, 'none')).toBe(content);
  });

  it.each([
    ['not Base64', '{"a":1}'],
    ['Base64 of bytes that are no text', Buffer.from([0xff, 0xfe]).toString('base64')],
  ])('that is %s is not decoded', (_, stored) => {
    expect(decodeMessage(stored, 'base64')).toBeUndefined();
  });
});
