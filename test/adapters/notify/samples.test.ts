/** How every event looks on every channel: golden samples, within the limits of each service, and judged by others' rules. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fc, test } from '@fast-check/vitest';
import * as AdaptiveCards from 'adaptivecards';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { toMail } from '../../../src/adapters/notify/render/mail.ts';
import { toPagerDuty } from '../../../src/adapters/notify/render/pagerduty.ts';
import { toSlack } from '../../../src/adapters/notify/render/slack.ts';
import { MOST_TEAMS_BYTES, toTeams } from '../../../src/adapters/notify/render/teams.ts';
import { toWebhook } from '../../../src/adapters/notify/render/webhook.ts';
import { plainText } from '../../../src/adapters/notify/render/words.ts';
import { SEVERITIES } from '../../../src/core/events/severity.ts';
import { LONGEST_TITLE, MESSAGE_KINDS, type Message } from '../../../src/features/notify/model/message.ts';
import { EVENTS } from '../../../src/platform/events.ts';
import { aMessage } from '../../support/notify-message.ts';
import { aDeletion, aRecoveredKey, SAMPLE_AT, SAMPLES } from '../../support/notify-samples.ts';
import { SECRETS } from '../../support/notify-service.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

const FOLDER = new URL('../../golden/notifications/', import.meta.url);
const FROM = 'warden@contoso.com';

/** The message that an event leads to, or, where it ends something, both. */
async function messagesOf(name: string): Promise<readonly Message[]> {
  const world = new NotifyWorld([anEntry({ name: 'team' })]);
  if (name === 'key-recovered') await world.happen(aDeletion('payments-data'));
  if (name === 'recovery-gate-rearmed') await world.happen(...wanted('recovery-gate-disarmed'));
  if (name === 'notification-channel-working') await world.happen(...wanted('notification-channel-failing'));
  if (name === 'notification-caught-up') await world.happen(...wanted('notification-behind'));
  if (name === 'drill-caught-up') await world.happen(...wanted('drill-overdue'));
  if (name === 'backup-replaced') await world.happen(...wanted('backup-damaged'));
  if (name === 'drill-ended') await world.happen(...wanted('drill-refused'));
  if (name === 'drill-trusted') await world.happen(...wanted('drill-broken'));
  if (name === 'drill-proven') await world.happen(...wanted('drill-failed'));
  await world.happen(...(name === 'many-deleted' ? many() : wanted(name)));
  await world.pass(60_000);
  return world.accepted('team').slice(-1);
}

function wanted(name: string) {
  const event = SAMPLES.get(name);
  if (event === undefined) throw new Error(`no sample ${name}`);
  return name === 'key-recovered' ? [aRecoveredKey('payments-data', SAMPLE_AT + 1000)] : [event];
}

function many() {
  return Array.from({ length: 1000 }, (_, n) =>
    aDeletion(`key-${n}`, { severity: n % 100 === 0 ? 'critical' : 'high' }),
  );
}

const CHANNELS = {
  'teams.json': (message: Message) => JSON.stringify(toTeams(message), undefined, 2),
  'slack.json': (message: Message) => JSON.stringify(toSlack(message), undefined, 2),
  'pagerduty.json': (message: Message) => JSON.stringify(toPagerDuty(message), undefined, 2),
  'webhook.json': (message: Message) => {
    const { headers, body } = toWebhook(message, SECRETS.webhook, SAMPLE_AT);
    return JSON.stringify({ headers, body: JSON.parse(body) }, undefined, 2);
  },
  'mail.txt': (message: Message) =>
    `Subject: ${toMail(message, FROM).subject}\n\n${toMail(message, FROM).text}`,
  'mail.html': (message: Message) => toMail(message, FROM).html,
} as const;

describe.each([...SAMPLES.keys(), 'many-deleted'])('%s', (name) => {
  it('looks on every channel as it did', async () => {
    const [message, ...more] = await messagesOf(name);
    expect(more).toEqual([]);
    if (message === undefined) throw new Error('no message');
    const looks = Object.entries(CHANNELS)
      .map(([file, render]) => `===== ${file}\n${render(message).trimEnd()}\n`)
      .join('\n');
    const file = new URL(`${name}.txt`, FOLDER);
    if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, looks);
    expect(looks).toBe(await readFile(file, 'utf8'));
    // No key material, token, digest or name of a blob, and one link at most.
    expect(looks).not.toMatch(/[0-9a-f]{40}|keybackup|eyJ/);
  });
});

it('there is a sample of every event of the product, but for a sign of life, which nobody is notified of', () => {
  const shown = new Set([...SAMPLES.values()].map(({ type }) => type));
  const all = EVENTS.map(({ type }) => type);
  expect(all.filter((type) => !shown.has(type))).toEqual(['HsmWarden.Heartbeat']);
  expect([...shown].filter((type) => !all.includes(type))).toEqual([]);
});

it('there is a golden file of each sample, with every channel, and no other', async () => {
  const files = (await readdir(FOLDER)).sort();
  expect(files).toEqual([...SAMPLES.keys(), 'many-deleted'].map((name) => `${name}.txt`).sort());
  for (const file of files) {
    const text = await readFile(new URL(file, FOLDER), 'utf8');
    const shown = [...text.matchAll(/^===== (.*)$/gm)].map(([, channel]) => channel);
    expect([file, ...shown]).toEqual([file, ...Object.keys(CHANNELS)]);
  }
});

/** The worst that a message can be. */
const anyText = fc.string({ unit: 'binary', maxLength: 300 }).map((text) => text.toWellFormed());
const anyMessage = fc.record({
  kind: fc.constantFrom(...MESSAGE_KINDS),
  severity: fc.constantFrom(...SEVERITIES),
  title: fc
    .string({ unit: 'binary', minLength: 1, maxLength: LONGEST_TITLE / 2 })
    .map((text) => `x${text.toWellFormed()}`.slice(0, LONGEST_TITLE)),
  lines: fc.array(anyText, { minLength: 1, maxLength: 6 }),
  facts: fc.array(fc.record({ label: anyText, text: anyText }), { maxLength: 6 }),
  keys: fc.array(
    fc.record({
      key: fc.stringMatching(/^[0-9A-Za-z-]{1,127}$/),
      severity: fc.constantFrom(...SEVERITIES),
      state: fc.constantFrom('open', 'resolved'),
    }),
    { maxLength: 10 },
  ),
  todo: anyText,
  turn: anyText,
});

describe('whatever is in a message', () => {
  test.prop([anyMessage], { seed: 21, numRuns: 200 })('it is within the limits of the service', (change) => {
    const message = aMessage(change);

    expect(Buffer.byteLength(JSON.stringify(toTeams(message)))).toBeLessThanOrEqual(MOST_TEAMS_BYTES);
    const { blocks, text } = toSlack(message);
    expect(blocks.length).toBeLessThanOrEqual(45);
    expect(text.length).toBeLessThanOrEqual(3000);
    for (const block of blocks) {
      if (block.type !== 'context')
        expect(block.text.text.length).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3000);
    }
    const { body } = toPagerDuty(message);
    if ('payload' in body) expect(body.payload.summary.length).toBeLessThanOrEqual(1024);
    if ('dedup_key' in body) expect(body.dedup_key.length).toBeLessThanOrEqual(255);
  });

  test.prop([anyMessage], { seed: 22, numRuns: 200 })(
    'it makes no link, mention or markup of its own',
    (change) => {
      const message = aMessage(change);

      const slack = JSON.stringify(
        toSlack({ ...message, lines: ['<!channel> <https://evil.example|click>', ...message.lines] }),
      );
      expect(slack).not.toMatch(/<!(channel|here|everyone)|<https:..evil/);
      const html = toMail({ ...message, title: '<script>alert(1)</script>' }, FROM).html;
      expect(html).not.toMatch(/<script/);
      const teams = JSON.stringify(
        toTeams({ ...message, lines: ['[click](https://evil.example)', '{{DATE(x)}}'] }),
      );
      expect(teams).not.toMatch(/\[click\]|\{\{DATE\(x/);
    },
  );
});

describe('a card', () => {
  it.each([...SAMPLES.keys(), 'many-deleted'])(
    'of %s is valid by the library of Adaptive Cards',
    async (name) => {
      const [message] = await messagesOf(name);
      if (message === undefined) throw new Error('no message');
      const [attachment] = toTeams(message).attachments;
      const card = new AdaptiveCards.AdaptiveCard();
      const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_4);

      card.parse(JSON.parse(JSON.stringify(attachment?.content)), context);

      const events = Array.from({ length: context.eventCount }, (_, n) => context.getEventAt(n).message);
      expect(events).toEqual([]);
      expect(card.validateProperties().validationEvents.map(({ message: text }) => text)).toEqual([]);
      expect(card.getItemCount()).toBeGreaterThan(3);
    },
  );

  it('with a fault is found to have one', () => {
    const card = new AdaptiveCards.AdaptiveCard();
    const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_4);
    card.parse({ type: 'AdaptiveCard', version: '1.4', body: [{ type: 'TextBlok', text: 'x' }] }, context);
    expect(context.eventCount).toBeGreaterThan(0);
  });
});

it('a webhook is what it claims by the library of Standard Webhooks, until a byte of it is another', () => {
  const { headers, body } = toWebhook(aMessage(), SECRETS.webhook, Date.now());
  const receiver = new Webhook(SECRETS.webhook);

  expect(receiver.verify(body, headers)).toMatchObject({ data: { reference: 'HW-012345' } });
  expect(() => receiver.verify(`${body} `, headers)).toThrow('No matching signature found');
});

it('PagerDuty hears of a test without calling anybody, and of an end under the same key', () => {
  expect(toPagerDuty(aMessage({ kind: 'test' })).path).toBe('/v2/change/enqueue');
  const [begin, end] = [toPagerDuty(aMessage()).body, toPagerDuty(aMessage({ kind: 'resolved' })).body];
  expect(end).toEqual({ event_action: 'resolve', dedup_key: 'dedup_key' in begin ? begin.dedup_key : '' });
});

it('mails of one incident are one conversation', () => {
  const first = toMail(aMessage(), FROM);
  const second = toMail(aMessage({ kind: 'update', id: 'f'.repeat(32) }), FROM);
  expect(second.references).toBe(first.messageId);
  expect(second.messageId).not.toBe(first.messageId);
});

it('names the first message in every later one', () => {
  for (const kind of ['update', 'repeat', 'reminder', 'resolved'] as const) {
    const message = aMessage({ kind });
    for (const text of [
      plainText(message),
      JSON.stringify(toSlack(message)),
      JSON.stringify(toTeams(message)),
    ]) {
      expect(text).toContain('HW-012345');
      expect(text).toMatch(/first reported/i);
    }
  }
});
