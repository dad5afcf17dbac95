/** The settings of the notifications, and the rules they make. */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { SEVERITIES } from '../../core/events/severity.ts';
import { isLoopback, Schedule, Words } from '../../core/settings/kinds.ts';
import { type SettingProblem, setting, type Values } from '../../core/settings/setting.ts';
import { urlSetting } from '../../core/settings/urls.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { ApproverEntry } from './model/channel-entry.ts';
import { type ChannelSecrets, readSecrets } from './model/channel-secrets.ts';
import { ChannelList, listOf } from './model/listed.ts';
import { type NamedPerson, ReachablePerson } from './model/people.ts';
import type { NotifyPolicy } from './model/policy.ts';

/** Where the channels of the settings lead, by their services: host names, and with a dot in front everything below. */
const USUAL_HOSTS = [
  '.environment.api.powerplatform.com',
  '.logic.azure.com',
  'hooks.slack.com',
  'events.pagerduty.com',
  'events.eu.pagerduty.com',
  '.communication.azure.com',
].join(',');

/** Takes any text: backups and watch must not stop for a secret. */
const Secrets = z.string().transform(readSecrets);

/** `critical=1,high=4` as hours by severity. */
const RepeatHours = Words.transform((words, context) => {
  const pairs = words.map((word) => /^([a-z]+)=(\d{1,3}(?:\.\d{1,2})?)$/.exec(word));
  const known: readonly string[] = SEVERITIES;
  if (pairs.every((pair) => pair !== null && known.includes(pair[1] ?? ''))) {
    return Object.fromEntries(
      pairs.map((pair) => [pair?.[1] ?? '', Number(pair?.[2])]),
    ) as NotifyPolicy['repeatHours'];
  }
  context.addIssue({ code: 'custom', message: 'expected severities with hours, like critical=1,high=4' });
  return z.NEVER;
});

const Minutes = Words.transform((words, context) => {
  const minutes = words.map(Number);
  const isRising = minutes.every((one, index) => one > (minutes[index - 1] ?? 0) && one <= 1440);
  if (isRising && minutes.length <= 10) return minutes;
  context.addIssue({ code: 'custom', message: 'expected minutes in rising order, like 15,30,60' });
  return z.NEVER;
});

/** By the name of their environment variable. */
export const NOTIFY_SETTINGS = {
  WARDEN_NOTIFY_CHANNELS: setting(ChannelList, {
    description:
      'Where people are reached; `docs/notifications.md` describes each kind. Secrets and addresses that are secrets are in `WARDEN_NOTIFY_SECRETS`.',
    expected: 'a JSON array of `{type, name, severity?, kinds?, hsms?, keys?, …}`',
    otherwise: 'none: nobody is notified by the product itself',
  }),
  WARDEN_NOTIFY_SECRETS: setting(Secrets, {
    description:
      'The secret of each channel: the URL of Teams and Slack, the routing key of PagerDuty, the `whsec_…` of a webhook, the password of an SMTP user.',
    expected: 'JSON like `{"ops":"…"}` by channel, as a Key Vault reference; never shown',
    otherwise: 'none',
    secret: true,
  }),
  WARDEN_NOTIFY_SECRETS_FILE: setting(z.string().min(1), {
    description:
      'A file with that JSON, in place of it. Where both are set, which is reported, the secret in the file counts of each channel that has one there.',
    expected: 'a path',
    otherwise: 'none',
  }),
  WARDEN_NOTIFY_HOSTS: setting(Words, {
    description:
      'Hosts that messages may be sent to. A name with a dot in front stands for everything below it. Webhooks and mail servers of your own have to be named.',
    expected: 'host names separated by commas',
    default: USUAL_HOSTS,
  }),
  WARDEN_NOTIFY_PRIVATE_HOSTS: setting(Words, {
    description: 'Those of these hosts that may have a private address, or one of this machine.',
    expected: 'host names separated by commas',
    otherwise: 'none: messages are sent to public addresses only',
  }),
  WARDEN_NOTIFY_APPROVERS: setting(listOf(ApproverEntry, 50), {
    description:
      'How the groups of `WARDEN_APPROVAL_GROUPS` are reached for a request: at once on the first channel, later on the next ones; by mail the people named.',
    expected: 'a JSON array of `{group, channels, people?: [{name, id?, mail?}]}`',
    otherwise: 'none: requests go where the filters of the channels let them',
  }),
  WARDEN_NOTIFY_PEOPLE: setting(listOf(ReachablePerson, 500), {
    description:
      'Who asks for recoveries without being an approver, so that they hear by mail what becomes of their requests.',
    expected: 'a JSON array of `{name, id?, mail}`',
    otherwise: 'none: it is mailed to those whom `WARDEN_NOTIFY_APPROVERS` names',
  }),
  WARDEN_NOTIFY_REMINDERS: setting(Minutes, {
    description:
      'Minutes after which people are reminded of a request that still lacks approvals: first on the same channel, then on the next ones.',
    expected: 'minutes in rising order, up to 10 of them',
    default: '15,30,60',
  }),
  WARDEN_NOTIFY_REPEAT: setting(RepeatHours, {
    description:
      'After how many hours what lasts is repeated, by severity; each further pause is twice as long, up to a day. A severity that is not named is not repeated.',
    expected: 'severities with hours, separated by commas',
    default: 'critical=1,high=4,warning=24',
  }),
  WARDEN_NOTIFY_MASK_KEYS: setting(z.stringbool(), {
    description: 'Whether messages show two characters and a hash in place of the names of keys.',
    expected: '`true` or `false`',
    default: 'false',
    // Who meant to keep names out of messages must not send them for a slip.
    ifInvalid: 'true',
  }),
  WARDEN_NOTIFY_ORIGIN: setting(urlSetting('any'), {
    description:
      'Where people reach the console: messages about keys and HSMs link there. Those about requests link to `WARDEN_ORIGIN` of the recovery app.',
    expected: 'a URL without a path',
    otherwise: 'none: only messages about requests have a link',
  }),
  WARDEN_NOTIFY_TEST_SCHEDULE: setting(Schedule, {
    description: 'When a test message is sent through each channel.',
    expected: 'six-field NCRONTAB text, UTC',
    default: '0 0 7 * * *',
  }),
  WARDEN_NOTIFY_QUEUE_URL: setting(urlSetting('account'), {
    description:
      'Queue endpoint of the account of the app that sends the messages, for the other app to hand its events over.',
    expected: 'an https URL (http only on loopback)',
    otherwise: 'as `WARDEN_QUEUE_URL`',
  }),
} as const;

/** What is read from these settings. */
export interface NotifyConfig extends NotifyPolicy {
  readonly people: readonly NamedPerson[];
  readonly secrets: ChannelSecrets;
  readonly secretsFile?: string;
  readonly hosts: readonly string[];
  readonly privateHosts: readonly string[];
  readonly testSchedule: string;
  readonly origin?: string;
  readonly queueUrl?: string;
}

type NotifyValues = Values<typeof NOTIFY_SETTINGS>;

/** The settings of this table, also those whose names are not in it. */
export function isNotifySetting(name: string): boolean {
  return name.startsWith('WARDEN_NOTIFY_');
}

/** What is wrong with these settings, beyond single values. It stops nothing: backups, watch and messages go on. */
export function notifyFaults(values: NotifyValues): SettingProblem[] {
  const { WARDEN_NOTIFY_ORIGIN: origin, WARDEN_NOTIFY_QUEUE_URL: queueUrl } = values;
  const fault = (name: keyof NotifyValues, found: string, expected: string): SettingProblem => ({
    setting: name,
    found,
    expected,
  });
  const lists = ['WARDEN_NOTIFY_CHANNELS', 'WARDEN_NOTIFY_APPROVERS', 'WARDEN_NOTIFY_PEOPLE'] as const;
  return [
    ...lists.flatMap((name) =>
      (values[name]?.faults ?? []).map((found) => fault(name, found, NOTIFY_SETTINGS[name].expected)),
    ),
    ...(values.WARDEN_NOTIFY_APPROVERS?.entries ?? []).flatMap(({ group, channels }) =>
      channels
        .filter((name) => !namesIn(values).has(name))
        .map((name) =>
          fault(
            'WARDEN_NOTIFY_APPROVERS',
            `channel ${name} of group ${group}`,
            'names of WARDEN_NOTIFY_CHANNELS',
          ),
        ),
    ),
    ...(origin === undefined || isOrigin(origin)
      ? []
      : [fault('WARDEN_NOTIFY_ORIGIN', origin, 'scheme, host and port only')]),
    ...(queueUrl === undefined || isSafe(queueUrl)
      ? []
      : [fault('WARDEN_NOTIFY_QUEUE_URL', queueUrl, 'https for anything but loopback')]),
    ...(values.WARDEN_NOTIFY_SECRETS === undefined || values.WARDEN_NOTIFY_SECRETS_FILE === undefined
      ? []
      : [
          fault(
            'WARDEN_NOTIFY_SECRETS_FILE',
            'both this and WARDEN_NOTIFY_SECRETS',
            'one of the two; until then the secret in the file counts where both have one',
          ),
        ]),
  ];
}

function namesIn({ WARDEN_NOTIFY_CHANNELS: channels }: NotifyValues): ReadonlySet<string> {
  return new Set((channels?.entries ?? []).map(({ name }) => name));
}

function isOrigin(url: string): boolean {
  return new URL(url).origin === url;
}

/** A token goes there. */
function isSafe(url: string): boolean {
  return !url.startsWith('http:') || isLoopback(url);
}

/** The configuration. */
export function notifyConfig(values: NotifyValues): NotifyConfig {
  const file = values.WARDEN_NOTIFY_SECRETS_FILE;
  const { WARDEN_NOTIFY_QUEUE_URL: url, WARDEN_NOTIFY_ORIGIN: link } = values;
  const queueUrl = url !== undefined && isSafe(url) ? url : undefined;
  const origin = link !== undefined && isOrigin(link) ? link : undefined;
  const known = namesIn(values);
  return {
    channels: values.WARDEN_NOTIFY_CHANNELS?.entries ?? [],
    approvers: (values.WARDEN_NOTIFY_APPROVERS?.entries ?? []).map((entry) => ({
      ...entry,
      channels: entry.channels.filter((name) => known.has(name)),
    })),
    people: values.WARDEN_NOTIFY_PEOPLE?.entries ?? [],
    repeatHours: values.WARDEN_NOTIFY_REPEAT,
    remindersMs: values.WARDEN_NOTIFY_REMINDERS.map((minutes) => minutes * MINUTE_MS),
    maskKeys: values.WARDEN_NOTIFY_MASK_KEYS,
    secrets: values.WARDEN_NOTIFY_SECRETS ?? { byChannel: {} },
    ...(file === undefined ? {} : { secretsFile: file }),
    hosts: values.WARDEN_NOTIFY_HOSTS,
    privateHosts: values.WARDEN_NOTIFY_PRIVATE_HOSTS ?? [],
    testSchedule: values.WARDEN_NOTIFY_TEST_SCHEDULE,
    ...definedOnly({ queueUrl, origin }),
  };
}
