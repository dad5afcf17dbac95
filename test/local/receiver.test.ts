/** The receiver of the local world refuses what the services would refuse, and its page shows text as text. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  pagerDutyChannel,
  slackChannel,
  teamsChannel,
  webhookChannel,
} from '../../src/adapters/notify/http-channels.ts';
import { SmtpChannel } from '../../src/adapters/notify/smtp-channel.ts';
import { ChannelEntry } from '../../src/features/notify/model/channel-entry.ts';
import { PATHS } from '../../src/local/receiver/local-channels.ts';
import { type Receiver, startReceiver } from '../../src/local/receiver/receiver.ts';
import { failureOf } from '../support/errors.ts';
import { aMessage } from '../support/notify-message.ts';
import { SAMPLE_AT } from '../support/notify-samples.ts';

let receiver: Receiver;
let folder: string;
let caPem: string;
let secrets: Record<string, string>;
let origin: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-receiver-'));
  receiver = await startReceiver({ caDir: folder, port: 0 });
  caPem = await readFile(join(folder, 'ca.pem'), 'utf8');
  secrets = JSON.parse(receiver.settings.WARDEN_NOTIFY_SECRETS ?? '');
  origin = new URL(secrets.slack ?? '').origin;
});
afterAll(async () => {
  await receiver.close();
  await rm(folder, { recursive: true });
});

async function post(path: string, body: string, headers = {}): Promise<number | undefined> {
  const sending = request(`${origin}${path}`, { method: 'POST', ca: caPem, headers });
  sending.end(body);
  const [answer]: IncomingMessage[] = await once(sending, 'response');
  answer?.resume();
  return answer?.statusCode;
}

async function read(path: string, headers = {}): Promise<{ status: number | undefined; body: string }> {
  const asking = plainRequest(`${receiver.url}${path}`, { headers });
  asking.end();
  const [answer]: IncomingMessage[] = await once(asking, 'response');
  return { status: answer?.statusCode, body: answer === undefined ? '' : await text(answer) };
}

const LARGE = JSON.stringify({ blocks: [{ type: 'section', text: { text: 'x'.repeat(3001) } }] });

it.each([
  ['a path that no service has', '/elsewhere', '{}', 404],
  ['no JSON', PATHS.slack, '{', 400],
  ['no card', PATHS.teams, '{"attachments":[]}', 400],
  ['a text longer than Slack takes', PATHS.slack, LARGE, 400],
  ['a body longer than any takes', PATHS.slack, 'x'.repeat(70_000), 413],
  ['a mail without a token', PATHS.mail, '{}', 401],
  ['a webhook without a signature', PATHS.webhook, '{}', 401],
  ['a page without the key', PATHS.pagerduty, '{"payload":{"summary":"x"}}', 400],
])('refuses %s', async (_case, path, body, status) => {
  expect(await post(path, body)).toBe(status);
  expect(receiver.messages).toEqual([]);
});

it('refuses a mail with a token of somebody else', async () => {
  expect(await post(PATHS.mail, '{}', { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' })).toBe(401);
});

/** A channel to the mail server, as the settings name it. */
function mailChannel(password: string): SmtpChannel {
  const entries = JSON.parse(receiver.settings.WARDEN_NOTIFY_CHANNELS ?? '[]').map((entry: unknown) =>
    ChannelEntry.parse(entry),
  );
  const entry = entries.find(({ type }: ChannelEntry) => type === 'smtp');
  const options = { hosts: [], privateHosts: ['localhost'], caPem, now: () => SAMPLE_AT };
  return new SmtpChannel({ ...entry, password }, options);
}

it('refuses a mail with another password', async () => {
  const failure = await failureOf(mailChannel('another').send(aMessage()));
  expect([failure.code, receiver.messages]).toEqual(['channel-misconfigured', []]);
});

it('shows nothing to a page of another site that goes by another name', async () => {
  expect(await read('/', { host: 'evil.example:7075' })).toEqual({ status: 403, body: '' });
});

it('takes what the channels send, and shows their moments and their text, which makes nothing of its own', async () => {
  const options = { hosts: [], privateHosts: ['127.0.0.1'], caPem, now: () => SAMPLE_AT };
  const message = aMessage({ title: 'A <b>title</b>', lines: ['<script>alert(1)</script> *x* [y](z)'] });
  await teamsChannel('teams', secrets.teams ?? '', options).send(message);
  await slackChannel('slack', secrets.slack ?? '', options).send(message);
  const hook = { url: `${origin}${PATHS.webhook}`, secret: secrets.webhook ?? '' };
  await webhookChannel('webhook', hook, options).send(message);

  await mailChannel(secrets.smtp ?? '').send({
    ...message,
    title: 'Ein Schlüssel – fort',
    recipients: ['bob@contoso.com'],
  });
  const page = { origin, routingKey: secrets.pagerduty ?? '' };
  await pagerDutyChannel('pagerduty', page, options).send(message);
  await pagerDutyChannel('pagerduty', page, options).send({ ...message, kind: 'resolved' });

  const all = ['teams', 'slack', 'webhook', 'smtp', 'pagerduty', 'pagerduty'];
  expect(receiver.messages.map(({ channel }) => channel)).toEqual(all);
  const [, , , mail, paged, over] = receiver.messages;
  expect(mail).toMatchObject({ to: ['bob@contoso.com'], html: expect.stringContaining('<h2') });
  expect(mail?.title).toBe('[HSM Warden HW-012345] Ein Schlüssel – fort');
  expect(mail?.lines.map(({ text: line }) => line)).toContain('Purge: 2026-12-01 12:00 UTC');
  expect(paged?.lines.at(1)?.text).toMatch(/^trigger · \w+ · hsm-warden\/0123456789abcdef$/);
  expect(over?.title).toBe('Resolved: hsm-warden/0123456789abcdef');
  const [teams, slack] = receiver.messages;
  for (const shown of [teams, slack]) {
    expect(shown?.title).toBe('A <b>title</b>');
    const lines = shown?.lines.map((line) => line.text) ?? [];
    expect(lines.find((line) => line.startsWith('Purge'))).toMatch(/^Purge: 1 Dec 2026, \d\d:\d\d$/);
    expect(shown?.lines.at(-1)).toMatchObject({ text: 'Open in HSM Warden', href: message.link });
  }
  const { body } = await read('/');
  expect(body).toContain('&lt;script&gt;');
  expect(body).not.toMatch(/<script|<b>/);
  expect(JSON.parse((await read('/messages')).body)).toHaveLength(6);
});

it('says what became of a mail to the app alone', async () => {
  const path = `/emails/operations/${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}?api-version=2023-03-31`;
  const asking = request(`${origin}${path}`, { ca: caPem, headers: { authorization: 'Bearer nobody' } });
  asking.end();
  const [answer]: IncomingMessage[] = await once(asking, 'response');
  answer?.resume();
  expect(answer?.statusCode).toBe(401);
});
