/** Secrets of channels that are missing, unresolved or malformed: the app starts, and the channels that need them say why they fail. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  openChannels,
  outgoingOptions,
  readSecretsFile,
} from '../../../src/adapters/notify/open-channels.ts';
import { checkSecrets } from '../../../src/cli/doctor/check-channels.ts';
import { ChannelEntry } from '../../../src/features/notify/model/channel-entry.ts';
import { bothSecrets, readSecrets } from '../../../src/features/notify/model/channel-secrets.ts';
import { channelsOf } from '../../../src/platform/compose-notify.ts';
import { readConfig } from '../../../src/platform/config/config.ts';
import { problemLine } from '../../../src/platform/config/problems.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { aMessage } from '../../support/notify-message.ts';

const ENTRIES = [
  { type: 'teams', name: 'team' },
  { type: 'slack', name: 'chat' },
  { type: 'pagerduty', name: 'pager' },
  { type: 'webhook', name: 'siem', url: 'https://siem.contoso.com/warden' },
  {
    type: 'smtp',
    name: 'mail',
    host: 'smtp.contoso.com',
    port: 587,
    user: 'warden',
    from: 'warden@contoso.com',
    to: ['keys@contoso.com'],
  },
];
const BASE = {
  WARDEN_HSMS: 'contoso',
  WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net/',
  WARDEN_NOTIFY_CHANNELS: JSON.stringify(ENTRIES),
};
const CREDENTIAL = { getToken: () => Promise.resolve(null) };
const PLANTED = 'https://hooks.slack.com/services/T0/B0/SECRET';

function channelsWith(secrets: ReturnType<typeof readSecretsFile>) {
  return openChannels({
    entries: ENTRIES.map((entry) => ChannelEntry.parse(entry)),
    secrets,
    credential: CREDENTIAL,
    outgoing: outgoingOptions({ hosts: [], privateHosts: [] }, () => 0, undefined),
  });
}

function channelNamed(name: string, secrets: Parameters<typeof channelsWith>[0]) {
  const channel = channelsWith(secrets).get(name);
  if (channel === undefined) throw new Error(`no channel ${name}`);
  return channel;
}

describe.each([
  ['an unresolved reference', '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/warden)'],
  ['no JSON', `{"chat":"${PLANTED}"`],
  ['no object', `["${PLANTED}"]`],
  ['an empty secret', '{"chat":""}'],
  ['a blank secret', '{"chat":"  "}'],
  ['a secret that is no text', '{"chat":{"url":"x"}}'],
  ['a secret that is too long', JSON.stringify({ chat: 'x'.repeat(4001) })],
  ['a secret in place of a name', `{"${PLANTED}":"chat"}`],
])('secrets that are %s', (_, text) => {
  const config = readConfig({ ...BASE, WARDEN_NOTIFY_SECRETS: text });

  it('make the channel that needs one misconfigured, and stop nothing', async () => {
    const channel = channelNamed('chat', config.notify.secrets);
    const error = await failureOf(channel.send(aMessage()));
    expect(error).toMatchObject({ code: 'channel-misconfigured', reason: 'unreadable secrets' });
    expect(error.message).not.toContain('SECRET');
  });

  it('are a finding of the doctor, which repeats none', () => {
    const findings = checkSecrets(config);
    expect(findings).toMatchObject([{ check: 'settings', subject: 'WARDEN_NOTIFY_SECRETS' }]);
    expect(JSON.stringify(findings)).not.toContain('/services/');
  });
});

it('a bad secret of one channel leaves the others theirs', () => {
  const { notify } = readConfig({ ...BASE, WARDEN_NOTIFY_SECRETS: '{"chat":"","pager":" key "}' });
  expect(notify.secrets.byChannel).toEqual({ pager: 'key' });
});

it('a file of secrets that is not there makes channels misconfigured, and is a finding of the doctor', async () => {
  const path = '/nowhere/secrets.json';
  const config = readConfig({ ...BASE, WARDEN_NOTIFY_SECRETS_FILE: path });
  const error = await failureOf(channelNamed('chat', readSecretsFile(path)).send(aMessage()));
  expect(error).toMatchObject({ code: 'channel-misconfigured' });
  expect(checkSecrets(config)).toMatchObject([
    { subject: 'WARDEN_NOTIFY_SECRETS_FILE', detail: 'it cannot be read (ENOENT)' },
  ]);
});

it('good secrets are no finding', () => {
  expect(checkSecrets(readConfig({ ...BASE, WARDEN_NOTIFY_SECRETS: '{"chat":"x"}' }))).toEqual([]);
  expect(checkSecrets(readConfig(BASE))).toEqual([]);
});

it.each(['nonsense', 'whsec_!!', 'https://', '@Microsoft.KeyVault(SecretUri=x)'])(
  'a secret that makes no sense (%s) stops no app',
  async (secret) => {
    const byChannel = Object.fromEntries(ENTRIES.map(({ name }) => [name, secret]));
    for (const channel of channelsWith({ byChannel }).values()) {
      const error = await failureOf(channel.send(aMessage()));
      expect(error.message).not.toContain(secret);
    }
  },
);

describe('secrets that are given twice', () => {
  const both = (file: string) => ({
    ...BASE,
    WARDEN_NOTIFY_SECRETS: '{"chat":"https://old.example/x","pager":"key"}',
    WARDEN_NOTIFY_SECRETS_FILE: file,
  });
  const setting = readConfig(both('/nowhere/secrets.json')).notify.secrets;

  it('stop no app, and are a fault that is reported with what counts', () => {
    const { faults } = readConfig(both('/nowhere/secrets.json'));
    expect(faults.map(problemLine)).toEqual([
      'WARDEN_NOTIFY_SECRETS_FILE: found both this and WARDEN_NOTIFY_SECRETS; expected one of the two; until then the secret in the file counts where both have one',
    ]);
  });

  it.each([
    ['{"chat":"new"}', { chat: 'new', pager: 'key' }],
    ['{}', { chat: 'https://old.example/x', pager: 'key' }],
    ['nonsense', { chat: 'https://old.example/x', pager: 'key' }],
  ])('count by the file where it has one: %s', (text, expected) => {
    expect(bothSecrets(readSecrets(text), setting).byChannel).toEqual(expected);
  });

  it('are each a finding of the doctor where they cannot be read', () => {
    const config = readConfig({ ...both('/nowhere/secrets.json'), WARDEN_NOTIFY_SECRETS: 'nonsense' });
    expect(checkSecrets(config).map(({ subject, result }) => [subject, result])).toEqual([
      ['WARDEN_NOTIFY_SECRETS_FILE', 'warn'],
      ['WARDEN_NOTIFY_SECRETS', 'fail'],
      ['WARDEN_NOTIFY_SECRETS_FILE', 'fail'],
    ]);
  });

  it('are opened from both, and again while the file cannot be read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'secrets-'));
    const file = join(folder, 'secrets.json');
    const config = readConfig(both(file));
    const channels = channelsOf(config, {
      credential: CREDENTIAL,
      clock: new ManualClock(),
      caPem: undefined,
    });
    const reasonOf = async () => {
      const channel = channels().get('chat');
      if (channel === undefined) throw new Error('no channel');
      return (await failureOf(channel.send(aMessage()))).reason;
    };

    expect(await reasonOf()).toBe('host not named');
    await writeFile(file, '{"chat":"no address"}');
    expect(await reasonOf()).toBe('no https URL');
    await rm(folder, { recursive: true });
    expect(await reasonOf()).toBe('no https URL');
  });
});
