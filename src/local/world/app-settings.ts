/** The settings of the apps in the local world: what the bicep of a deployment would write. */
import type { Emulator } from '../../emulator/start-emulator.ts';
import type { Azurite } from '../azurite.ts';
import { type Issuer, LOCAL_AUDIENCE, LOCAL_TENANT } from '../issuer/issuer.ts';
import { EVENT_GRID } from '../issuer/people.ts';
import type { Topic } from '../topic/topic.ts';
import { IDENTITIES } from './app-roles.ts';
import type { SealSettings } from './sealing-vault.ts';

/** The webhook source of the watch's events. */
export const WATCH_SOURCE = 'watch';

/** The parts of the world that the settings name. */
interface WorldParts {
  readonly hsms: readonly Emulator[];
  readonly drill: Emulator;
  readonly seals: SealSettings;
  readonly azurite: Azurite;
  readonly topic: Topic;
  readonly caFile: string;
}

/** What seals name a local HSM by: its port may be another at the next start. */
export function resourceOf({ name }: Pick<Emulator, 'name'>): string {
  return `local-hsm/${name}`;
}

/** Settings under which the backup app runs here. */
export function backupSettings({ hsms, drill, seals, azurite, topic, caFile }: WorldParts) {
  return {
    WARDEN_CREDENTIAL: 'managed-identity',
    WARDEN_CLIENT_ID: IDENTITIES.backup.clientId,
    WARDEN_HSMS: JSON.stringify(
      hsms.map((hsm) => ({ name: hsm.name, url: hsm.url, resource: resourceOf(hsm) })),
    ),
    WARDEN_DRILL_HSMS: JSON.stringify([{ name: drill.name, url: drill.url, resource: drill.resource.id }]),
    WARDEN_SEAL_KEY_URL: seals.keyUrl.backup,
    WARDEN_SEAL_PUBLIC_KEYS: seals.publicKeys,
    WARDEN_CA_FILE: caFile,
    WARDEN_BACKUP_URL: azurite.blobUrl,
    WARDEN_QUEUE_URL: azurite.queueUrl,
    WARDEN_TOPIC_URL: topic.url,
    WARDEN_AUDIT_HUB: 'managed-hsm-audit',
    WARDEN_RECOVERY_PRINCIPAL: IDENTITIES.recovery.objectId,
    AzureWebJobsStorage__queueServiceUri: azurite.queueUrl,
  };
}

/** What the drill app's settings have more, or other. */
export function drillSettings(seals: SealSettings, { blobUrl }: Pick<Azurite, 'blobUrl'>) {
  return {
    WARDEN_CLIENT_ID: IDENTITIES.drill.clientId,
    WARDEN_SEAL_KEY_URL: seals.keyUrl.drill,
    WARDEN_DRILL_FAULT_KEY_URL: seals.faultKeyUrl,
    WARDEN_DRILL_FAULTS_URL: blobUrl,
  };
}

/** What the recovery app's settings have more, or other. */
export function recoverySettings(issuer: Issuer, seals: SealSettings, hsms: readonly Emulator[]) {
  return {
    WARDEN_CLIENT_ID: IDENTITIES.recovery.clientId,
    WARDEN_SEAL_KEY_URL: seals.keyUrl.recovery,
    WARDEN_AUTH_TENANT: LOCAL_TENANT,
    WARDEN_AUTH_AUDIENCE: LOCAL_AUDIENCE,
    WARDEN_AUTH_ISSUER: issuer.name,
    WARDEN_AUTH_KEYS_URL: issuer.jwksUrl,
    // A browser asks about the certificate of the local authority only when it goes there.
    WARDEN_CONSOLE_METADATA: issuer.metadata,
    WARDEN_APPROVAL_GROUPS: 'security,key-owner',
    WARDEN_SHARED_DOMAINS: hsms.map(({ name }) => name).join('+'),
    // What the watch says of a deleted key opens a request; bringing it back still takes people.
    WARDEN_WEBHOOK_APPS: JSON.stringify({ [WATCH_SOURCE]: [EVENT_GRID.appId] }),
    WARDEN_AUTO_REQUEST: 'true',
  };
}
