/** Secrets of channels that are missing, unresolved or malformed: the app starts, and the channels that need them say why they fail. */
import { describe, expect, it } from 'vitest';
import {
  openChannels,
  outgoingOptions,
  readSecretsFile,
} from '../../../src/adapters/notify/open-channels.ts';
import { checkSecrets } from '../../../src/cli/doctor/check-channels.ts';
import { ChannelEntry } from '../../../src/features/notify/model/channel-entry.ts';
import { readConfig } from '../../../src/platform/config/config.ts';
import { failureOf } from '../../support/errors.ts';
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
const PLANTED = 'https://hooks.slack.com/services/T0/B0/SECRET';

function channelsWith(secrets: ReturnType<typeof readSecretsFile>) {
  return openChannels({
    entries: ENTRIES.map((entry) => ChannelEntry.parse(entry)),
    secrets,
    credential: { getToken: () => Promise.resolve(null) },
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
