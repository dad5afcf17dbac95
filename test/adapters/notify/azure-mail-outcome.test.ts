/** Communication Services take a mail before they look at it: what became of it is asked for later. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failureOf } from '../../support/errors.ts';
import { aMessage } from '../../support/notify-message.ts';
import { type Service, startService } from '../../support/notify-service.ts';

let service: Service;
const message = aMessage();

beforeEach(async () => {
  service = await startService('azure-mail');
});
afterEach(() => service.close());

async function outcome() {
  const { outcomeOf } = service.channel();
  if (outcomeOf === undefined) throw new Error('expected a channel that can be asked');
  return outcomeOf.call(service.channel(), message.id);
}

it('a mail that was accepted is open', async () => {
  expect(await service.channel().send(message)).toEqual({ status: 202, isOpen: true });
});

it.each([
  ['NotStarted', 'open'],
  ['Running', 'open'],
  ['Succeeded', 'sent'],
  ['Failed', { failed: 'Failed' }],
  ['Canceled', { failed: 'Canceled' }],
])('an operation that is %s', async (status, expected) => {
  service.operation = () => status;
  expect(await outcome()).toEqual(expected);
});

it('the operation is that of the mail', async () => {
  const asked: string[] = [];
  service.operation = (id) => {
    asked.push(id);
    return 'Running';
  };
  await service.channel().send(message);
  await outcome();
  expect(asked).toEqual(service.taken.map(({ headers }) => headers['operation-id']));
});

it.each([['Unheard-of'], ['']])('nothing is known by a state %j', async (status) => {
  service.operation = () => status;
  expect(await failureOf(outcome())).toMatchObject({ code: 'channel-unavailable', reason: 'garbage' });
});

it('nothing is known without a token that counts', async () => {
  await service.close();
  service = await startService('azure-mail', 'ops', () => false);
  expect(await failureOf(outcome())).toMatchObject({ code: 'channel-misconfigured', reason: '401' });
});
