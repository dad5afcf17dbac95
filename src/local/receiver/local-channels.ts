/** The channels of the local world: every kind that can lead to a receiver on this machine, and who is asked for approvals. */
import { type LocalPerson, PEOPLE } from '../issuer/people.ts';

/** Paths of the receiver, as the services have them. */
export const PATHS = {
  teams: '/workflows/local/triggers/manual/paths/invoke',
  slack: '/services/T0LOCAL/B0LOCAL/local',
  mail: '/emails:send',
  webhook: '/hooks/warden',
} as const;

/** A channel of the local world. */
export type LocalChannel = keyof typeof PATHS;

const FROM = 'warden@contoso.example';

/** Settings of both apps. PagerDuty and SMTP are left out: their hosts cannot be on this machine, or need another protocol. */
export function notifySettings(origin: string) {
  const channels = [
    { type: 'teams', name: 'teams' },
    { type: 'slack', name: 'slack' },
    { type: 'azure-mail', name: 'mail', endpoint: origin, from: FROM, to: ['keys@contoso.example'] },
    { type: 'webhook', name: 'webhook', url: `${origin}${PATHS.webhook}` },
  ];
  const approvers = ['security', 'key-owner'].map((group) => ({
    group,
    channels: ['mail', 'slack', 'teams'],
    people: PEOPLE.filter(({ groups }) => groups.includes(group)).map(addressed),
  }));
  const host = new URL(origin).hostname;
  return {
    WARDEN_NOTIFY_CHANNELS: JSON.stringify(channels),
    WARDEN_NOTIFY_APPROVERS: JSON.stringify(approvers),
    WARDEN_NOTIFY_PEOPLE: JSON.stringify(PEOPLE.map(addressed)),
    WARDEN_NOTIFY_HOSTS: host,
    WARDEN_NOTIFY_PRIVATE_HOSTS: host,
  };
}

function addressed({ name, oid }: LocalPerson) {
  return { name, id: oid, mail: `${name}@contoso.example` };
}

/** What the backup app alone knows. */
export function notifySecrets(origin: string, webhookSecret: string) {
  const secrets = {
    teams: `${origin}${PATHS.teams}`,
    slack: `${origin}${PATHS.slack}`,
    webhook: webhookSecret,
  };
  return { WARDEN_NOTIFY_SECRETS: JSON.stringify(secrets) };
}
