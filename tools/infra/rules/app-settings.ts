/** What each app is given: by which identity it reaches what. Settings of the product beyond that are the operator's. */
import { z } from 'zod';
import type { AppName, Facts } from '../facts.ts';
import { ANYTHING, type Condition, type Pattern } from '../pattern.ts';
import { DEPLOYED_SETTINGS } from '../settings-module.ts';
import { appSettings } from '../snapshot.ts';

/** A closed pattern of all settings of an app. */
export function appSettingsPattern(facts: Facts, app: AppName): { readonly [name: string]: Pattern } {
  return {
    ...operatorsChoice(facts, app),
    ...hostSettings(facts, app),
    ...sharedSettings(facts, app),
    ...OWN_SETTINGS[app](facts),
  };
}

const OWN_SETTINGS: Readonly<Record<AppName, (facts: Facts) => Record<string, Pattern>>> = {
  backup: backupSettings,
  recovery: recoverySettings,
  drill: drillSettings,
};

/** https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity */
function hostSettings({ names, identity, id, ref }: Facts, app: AppName): Record<string, Pattern> {
  const account = names.host[app];
  const { client } = identity(app);
  return {
    AzureWebJobsStorage__blobServiceUri: `https://${account}.blob.core.windows.net`,
    AzureWebJobsStorage__queueServiceUri: `https://${account}.queue.core.windows.net`,
    AzureWebJobsStorage__tableServiceUri: `https://${account}.table.core.windows.net`,
    AzureWebJobsStorage__credential: 'managedidentity',
    AzureWebJobsStorage__clientId: client,
    AzureWebJobsDisableHomepage: 'true',
    languageWorkers__node__arguments: '--max-semi-space-size=16 --max-old-space-size=512',
    MALLOC_ARENA_MAX: '1',
    MALLOC_MMAP_THRESHOLD_: '131072',
    MALLOC_TRIM_THRESHOLD_: '131072',
    APPLICATIONINSIGHTS_CONNECTION_STRING: ref(
      id('Microsoft.Insights/components', names.insights),
      'ConnectionString',
    ),
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `ClientId=${client};Authorization=AAD`,
  };
}

/** A secret that stays in its vault. */
const VAULT_REFERENCE = /^@Microsoft\.KeyVault\(SecretUri=https:\/\/[^)]+\)$/;

function sharedSettings({ promise, names, identity, id, ref }: Facts, app: AppName): Record<string, Pattern> {
  return {
    WARDEN_HSMS: namesOf(promise.hsms.map(({ name }) => name)),
    WARDEN_CREDENTIAL: 'managed-identity',
    WARDEN_CLIENT_ID: identity(app).client,
    WARDEN_BACKUP_URL: `https://${names.backups}.blob.core.windows.net`,
    WARDEN_STATE_URL: `https://${names.host.recovery}.blob.core.windows.net`,
    WARDEN_QUEUE_URL: `https://${names.host[app]}.queue.core.windows.net`,
    WARDEN_BACKUP_CONTAINER: 'key-backups',
    WARDEN_STATE_CONTAINER: 'warden-state',
    WARDEN_TOPIC_URL: ref(id('Microsoft.EventGrid/topics', names.topic), 'endpoint'),
    ...(promise.drills.length === 0
      ? {}
      : { WARDEN_DRILL_HSMS: namesOf(promise.drills.map(({ name }) => name)) }),
  };
}

function backupSettings({ promise, names, identity, id, ref }: Facts): Record<string, Pattern> {
  const namespace = id('Microsoft.EventHub/namespaces', names.namespace);
  return {
    WARDEN_OVERDUE_GRACE_HOURS: String(promise.graceHours),
    WARDEN_BACKUP_RETENTION_DAYS: String(promise.days.delete),
    WARDEN_AUDIT_HUB: 'hsm-audit',
    WARDEN_AUDIT_CONSUMER_GROUP: 'hsm-warden',
    WARDEN_RECOVERY_PRINCIPAL: identity('recovery').principal,
    AuditEvents__fullyQualifiedNamespace: `replace(replace(ref(${namespace}).serviceBusEndpoint, https://, ), :443/, )`,
    AuditEvents__credential: 'managedidentity',
    AuditEvents__clientId: identity('backup').client,
    ...(promise.webConsole
      ? {
          WARDEN_NOTIFY_ORIGIN: `https://${ref(id('Microsoft.Web/sites', names.app.recovery), 'defaultHostName')}`,
        }
      : {}),
    ...(promise.notifySecrets ? { WARDEN_NOTIFY_SECRETS: VAULT_REFERENCE } : {}),
  };
}

function recoverySettings({ promise, names, id }: Facts): Record<string, Pattern> {
  return {
    WARDEN_AUTH_TENANT: promise.entra.tenantId,
    WARDEN_AUTH_AUDIENCE: promise.entra.clientId,
    WARDEN_AUDIT_CONTAINER: 'warden-audit',
    WARDEN_CONSOLE: String(promise.webConsole),
    WARDEN_NOTIFY_QUEUE_URL: `https://${names.host.backup}.queue.core.windows.net`,
    WARDEN_ORIGIN: `https://ref(${id('Microsoft.Web/sites', names.app.recovery)}).defaultHostName`,
    ...(promise.sources.length === 0
      ? {}
      : {
          WARDEN_WEBHOOK_SECRETS: VAULT_REFERENCE,
          WARDEN_WEBHOOK_APPS: bySource(promise.sources),
        }),
  };
}

function drillSettings({ names }: Facts): Record<string, Pattern> {
  return {
    WARDEN_NOTIFY_QUEUE_URL: `https://${names.host.backup}.queue.core.windows.net`,
    // Its own account: nobody else has a right there.
    WARDEN_DRILL_FAULTS_URL: `https://${names.host.drill}.blob.core.windows.net`,
  };
}

/** Settings that the operator may give as he likes, and the switch of each function, off only where he said so. */
function operatorsChoice({ snapshot, promise }: Facts, app: AppName): Record<string, Pattern> {
  const given = Object.keys(appSettings(snapshot, app));
  const free = given.filter((name) => name.startsWith('WARDEN_') && !DEPLOYED_SETTINGS.has(name));
  const switches = given.flatMap((name) => {
    const [, of] = /^AzureWebJobs\.(\w+)\.Disabled$/.exec(name) ?? [];
    return of === undefined ? [] : [[name, promise.disabled.includes(of) ? 'true' : 'false'] as const];
  });
  // With the key of the backup app no other may seal.
  const sealedBy = appSettings(snapshot, 'backup').WARDEN_SEAL_KEY_URL;
  const any = (name: string) =>
    app === 'drill' && name === 'WARDEN_SEAL_KEY_URL' && sealedBy !== undefined
      ? another(sealedBy)
      : ANYTHING;
  return Object.fromEntries([...free.map((name) => [name, any(name)] as const), ...switches]);
}

function another(key: string): Condition {
  return { says: 'a sealing key of its own', holds: (value) => value !== key };
}

/** JSON that lists each HSM once, with what else the setting takes. */
export function namesOf(names: readonly string[]): Condition {
  return {
    says: `JSON of ${names.join(', ')}`,
    holds: (value) => {
      if (typeof value !== 'string' || !value.endsWith(']')) return false;
      const listed = z.array(z.looseObject({ name: z.string() })).safeParse(JSON.parse(value));
      return listed.success && listed.data.map(({ name }) => name).join() === names.join();
    },
  };
}

/** JSON with lists of applications, by some of the sources of webhooks. */
function bySource(sources: readonly string[]): Condition {
  const Applications = z.record(z.string(), z.array(z.guid()).min(1));
  return {
    says: `JSON with applications by ${sources.join(', ')}`,
    holds: (value) => {
      if (typeof value !== 'string' || !value.endsWith('}')) return false;
      const read = Applications.safeParse(JSON.parse(value));
      return read.success && Object.keys(read.data).every((source) => sources.includes(source));
    },
  };
}
