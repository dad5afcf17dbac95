/** What a webhook delivers: two events are never taken for one, however their ids are made. */
import { expect, it } from 'vitest';
import { readWebhookBody } from '../../../../src/features/recovery/webhooks/webhook-body.ts';
import { aCloudEvent, anAlert } from '../../../support/webhook-deliveries.ts';

/** The ids by which two deliveries are known. */
function idsOf(bodies: readonly unknown[]): readonly unknown[] {
  return readWebhookBody(bodies, true).map((item) => ('id' in item ? item.id : undefined));
}

it.each([
  {
    name: 'a space in one of them',
    ids: [
      ['a b', 'c'],
      ['a', 'b c'],
    ],
  },
  {
    name: 'a quote in one of them',
    ids: [
      ['a","b', 'c'],
      ['a', 'b","c'],
    ],
  },
  {
    name: 'halves of characters',
    ids: [
      ['a', '\ud83d'],
      ['a', '\ud83e'],
    ],
  },
  {
    name: 'another letter case',
    ids: [
      ['a', 'B'],
      ['a', 'b'],
    ],
  },
])('CloudEvents whose source and id are joined with $name have ids of their own', ({ ids }) => {
  const [first, second] = idsOf(ids.map(([source, id]) => aCloudEvent({ source, id })));

  expect(first).toEqual(expect.any(String));
  expect(second).toEqual(expect.any(String));
  expect(first).not.toBe(second);
});

it('alerts whose id and time are joined with a space have ids of their own', () => {
  const [first] = readWebhookBody(anAlert({ alertId: 'a b', firedDateTime: 'c' }), true);
  const [second] = readWebhookBody(anAlert({ alertId: 'a', firedDateTime: 'b c' }), true);

  expect(first).toMatchObject({ kind: 'ask', id: '["a b","c"]' });
  expect(second).toMatchObject({ kind: 'ask', id: '["a","b c"]' });
});
