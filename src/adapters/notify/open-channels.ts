/** Makes the channels of the settings. */
import { readFileSync } from 'node:fs';
import type { TokenCredential } from '@azure/core-auth';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import type { AnyChannel, ChannelEntry } from '../../features/notify/model/channel-entry.ts';
import { type ChannelSecrets, readSecrets } from '../../features/notify/model/channel-secrets.ts';
import type { Channel } from '../../features/notify/model/ports.ts';
import { AzureMailChannel } from './azure-mail-channel.ts';
import { pagerDutyChannel, slackChannel, teamsChannel, webhookChannel } from './http-channels.ts';
import type { OutgoingOptions } from './outgoing/post.ts';
import { SmtpChannel } from './smtp-channel.ts';

/** What channels are made from. */
export interface ChannelParts {
  readonly entries: readonly AnyChannel[];
  readonly secrets: ChannelSecrets;
  readonly credential: TokenCredential;
  readonly outgoing: OutgoingOptions;
}

const PAGERDUTY = { us: 'https://events.pagerduty.com', eu: 'https://events.eu.pagerduty.com' } as const;

/**
 * The channels by name, in the order of the settings. One whose secret is missing or cannot be read fails when it is used, and is reported like
 * any other that fails: backups and watch must not stop for it.
 */
export function openChannels(parts: ChannelParts): ReadonlyMap<string, Channel> {
  return new Map(parts.entries.map((entry) => [entry.name, open(entry, parts)]));
}

function open(entry: AnyChannel, { secrets, credential, outgoing }: ChannelParts): Channel {
  const { name } = entry;
  const { byChannel, fault } = secrets;
  const secret = Object.hasOwn(byChannel, name) ? byChannel[name] : undefined;
  if (entry.type === 'unusable') return withoutEntry(name, entry.fault);
  if (entry.type === 'azure-mail') return new AzureMailChannel(entry, credential, outgoing);
  if (entry.type === 'smtp' && entry.user === undefined) return new SmtpChannel(entry, outgoing);
  if (secret === undefined) return withoutSecret(name, fault);
  switch (entry.type) {
    case 'teams':
      return teamsChannel(name, secret, outgoing);
    case 'slack':
      return slackChannel(name, secret, outgoing);
    case 'pagerduty':
      return pagerDutyChannel(name, { origin: originOf(entry), routingKey: secret }, outgoing);
    case 'webhook':
      return webhookChannel(name, { url: entry.url, secret }, outgoing);
    case 'smtp':
      return new SmtpChannel({ ...entry, password: secret }, outgoing);
  }
}

function originOf({ region, origin }: ChannelEntry & { readonly type: 'pagerduty' }): string {
  return origin?.replace(/\/+$/, '') ?? PAGERDUTY[region];
}

function withoutSecret(name: string, fault: string | undefined): Channel {
  const why = fault === undefined ? '' : `: what holds the secrets ${fault}`;
  return misconfigured(name, {
    message: `The channel ${name} has no secret${why}.`,
    advice: 'Put it under the name of the channel into WARDEN_NOTIFY_SECRETS.',
    reason: fault === undefined ? 'no secret' : 'unreadable secrets',
  });
}

function withoutEntry(name: string, fault: string): Channel {
  return misconfigured(name, {
    message: `The channel ${name} cannot be used, for its settings are wrong: ${fault}.`,
    advice: 'Correct WARDEN_NOTIFY_CHANNELS and restart the app; the other channels go on.',
    reason: 'settings',
  });
}

function misconfigured(
  name: string,
  why: { readonly message: string; readonly advice: string; readonly reason: string },
): Channel {
  return {
    name,
    intervalMs: 0,
    send: () => Promise.reject(new WardenError('channel-misconfigured', why)),
  };
}

/** Reads secrets from a file; that it cannot be read is their fault. */
export function readSecretsFile(path: string): ChannelSecrets {
  try {
    return readSecrets(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unexpected';
    return { byChannel: {}, fault: `cannot be read (${why})` };
  }
}

/** The rules by which channels send. */
export function outgoingOptions(
  { hosts, privateHosts }: Pick<OutgoingOptions, 'hosts' | 'privateHosts'>,
  now: () => number,
  caPem: string | undefined,
): OutgoingOptions {
  return { hosts, privateHosts, now, ...definedOnly({ caPem }) };
}
