/** The channels of the local world: one of every kind, which leads to a receiver on this machine, and who is asked for approvals. */
import { type LocalPerson, PEOPLE } from '../issuer/people.ts';

/** Paths of the receiver, as the services have them. */
export const PATHS = {
  teams: '/workflows/local/triggers/manual/paths/invoke',
  slack: '/services/T0LOCAL/B0LOCAL/local',
  mail: '/emails:send',
  webhook: '/hooks/warden',
  pagerduty: '/v2/enqueue',
} as const;

/** Where PagerDuty takes what calls nobody. */
export const CHANGES = '/v2/change/enqueue';

/** The user of the mail server. */
export const MAIL_USER = 'warden';

/** A channel of the local world. */
export type LocalChannel = keyof typeof PATHS | 'smtp';

/** Where the services of this machine are. */
export interface LocalServices {
  /** Of those over https. */
  readonly origin: string;
  /** Of the mail server. */
  readonly mailPort: number;
}

const FROM = 'warden@contoso.example';

/** A certificate is for a name. */
const MAIL_HOST = 'localhost';

/** Settings of all apps. */
export function notifySettings({ origin, mailPort }: LocalServices) {
  const to = ['keys@contoso.example'];
  const channels = [
    { type: 'teams', name: 'teams' },
    { type: 'slack', name: 'slack' },
    { type: 'azure-mail', name: 'mail', endpoint: origin, from: FROM, to },
    { type: 'webhook', name: 'webhook', url: `${origin}${PATHS.webhook}` },
    { type: 'pagerduty', name: 'pagerduty', origin },
    { type: 'smtp', name: 'smtp', host: MAIL_HOST, port: mailPort, user: MAIL_USER, from: FROM, to },
  ];
  const approvers = ['security', 'key-owner'].map((group) => ({
    group,
    // As on the steps of a ladder: what calls somebody comes last.
    channels: ['mail', 'slack', 'pagerduty'],
    people: PEOPLE.filter(({ groups }) => groups.includes(group)).map(addressed),
  }));
  const hosts = [new URL(origin).hostname, MAIL_HOST].join(',');
  return {
    WARDEN_NOTIFY_CHANNELS: JSON.stringify(channels),
    WARDEN_NOTIFY_APPROVERS: JSON.stringify(approvers),
    WARDEN_NOTIFY_PEOPLE: JSON.stringify(PEOPLE.map(addressed)),
    WARDEN_NOTIFY_HOSTS: hosts,
    WARDEN_NOTIFY_PRIVATE_HOSTS: hosts,
  };
}

function addressed({ name, oid }: LocalPerson) {
  return { name, id: oid, mail: `${name}@contoso.example` };
}

/** What the backup app alone knows. */
export function notifySecrets(
  origin: string,
  { webhook, pagerduty, smtp }: Readonly<Record<'webhook' | 'pagerduty' | 'smtp', string>>,
) {
  const secrets = {
    teams: `${origin}${PATHS.teams}`,
    slack: `${origin}${PATHS.slack}`,
    webhook,
    pagerduty,
    smtp,
  };
  return { WARDEN_NOTIFY_SECRETS: JSON.stringify(secrets) };
}
