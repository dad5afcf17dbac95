/** The settings of the platform: which HSMs, whose identity, which storage, where events go. */
import { z } from 'zod';
import { ContainerName } from '../../core/settings/kinds.ts';
import { setting } from '../../core/settings/setting.ts';
import { urlSetting } from '../../core/settings/urls.ts';
import { HsmList } from './hsm-entries.ts';

/** By the name of their environment variable. */
export const PLATFORM_SETTINGS = {
  WARDEN_HSMS: setting(HsmList, {
    description:
      'The Managed HSMs to protect. An entry that is not valid stops nothing but its own HSM, which is shown and reported as one that cannot be read; of an entry without a valid name, as `unreadable-` and the place in the list.',
    expected: 'names or `name=url`, separated by commas; or a JSON array of `{name, url?, pace?, resource?}`',
  }),
  WARDEN_CREDENTIAL: setting(z.enum(['managed-identity', 'default', 'token-file']), {
    description:
      'Who the app is: its managed identity, whatever `DefaultAzureCredential` finds, or the token of a local emulator.',
    expected: '`managed-identity`, `default`, `token-file`',
    default: 'managed-identity',
  }),
  WARDEN_CLIENT_ID: setting(z.guid(), {
    description: 'Client id of the user-assigned managed identity; needed where the app has more than one.',
    expected: 'a GUID',
    otherwise: 'none',
  }),
  WARDEN_BACKUP_URL: setting(urlSetting('account'), {
    description: 'Blob endpoint of the storage account for the backups.',
    expected: 'an https URL (http only on loopback)',
    otherwise: 'none; exactly one of this and `WARDEN_STORAGE_CONNECTION`',
  }),
  WARDEN_STATE_URL: setting(urlSetting('account'), {
    description: 'Blob endpoint of the storage account for catalogues, manifests and leases.',
    expected: 'an https URL (http only on loopback)',
    otherwise: 'as `WARDEN_BACKUP_URL`',
  }),
  WARDEN_QUEUE_URL: setting(urlSetting('account'), {
    description:
      'Queue endpoint for the work queues: that of the account which `AzureWebJobsStorage` names, for the host listens there.',
    expected: 'an https URL (http only on loopback)',
    otherwise: 'made from `WARDEN_STATE_URL`, where that names a `.blob.` host',
  }),
  WARDEN_STORAGE_CONNECTION: setting(z.string().min(1), {
    description: 'Connection string of a local storage emulator; refused for anything but loopback.',
    expected: '`UseDevelopmentStorage=true` or a connection string whose endpoints are on loopback',
    otherwise: 'none',
    secret: true,
  }),
  WARDEN_BACKUP_CONTAINER: setting(ContainerName, {
    description: 'Container of the backups; give it an immutability policy.',
    expected: 'a container name',
    default: 'key-backups',
  }),
  WARDEN_STATE_CONTAINER: setting(ContainerName, {
    description: 'Container of catalogues, run manifests and leases.',
    expected: 'a container name',
    default: 'warden-state',
  }),
  WARDEN_CA_FILE: setting(z.string().min(1), {
    description: 'PEM file of the certificate authority of a local emulator.',
    expected: 'a path; only with HSMs on loopback',
    otherwise: 'none',
  }),
  WARDEN_TOKEN_FILE: setting(z.string().min(1), {
    description: 'File with the bearer token of a local emulator, read again each time.',
    expected: 'a path; only with `WARDEN_CREDENTIAL=token-file`',
    otherwise: 'none',
  }),
  WARDEN_TOPIC_URL: setting(urlSetting('any'), {
    description: 'Endpoint of the Event Grid topic (CloudEvents 1.0 schema) that gets the events.',
    expected: 'an https URL (http only on loopback), e.g. `https://….eventgrid.azure.net/api/events`',
    otherwise: 'none: events are only written to the log',
  }),
  WARDEN_TOPIC_KEY: setting(z.string().min(1), {
    description:
      'Access key of a local topic or Event Grid simulator that takes no tokens. In Azure the identity of the app publishes.',
    expected: 'a key, with WARDEN_TOPIC_URL on loopback only; never shown',
    otherwise: 'none: a token is sent',
    secret: true,
  }),
} as const;
