/** Writes infra/modules/settings.bicep from the product's settings, so that a misspelt one does not compile. */
import { LOCAL_SETTINGS, PRODUCT_TABLE, settingsOf } from './product.ts';

type App = 'backup' | 'recovery' | 'drill';
const ALL: readonly App[] = ['backup', 'recovery', 'drill'];

/** Settings that the deployment decides, and the apps it gives them to: naming one in the parameters would contradict it. */
export const DEPLOYED_SETTINGS: ReadonlyMap<string, readonly App[]> = new Map([
  ['WARDEN_HSMS', ALL],
  ['WARDEN_CREDENTIAL', ALL],
  ['WARDEN_CLIENT_ID', ALL],
  ['WARDEN_BACKUP_URL', ALL],
  ['WARDEN_STATE_URL', ALL],
  ['WARDEN_QUEUE_URL', ALL],
  ['WARDEN_BACKUP_CONTAINER', ALL],
  ['WARDEN_STATE_CONTAINER', ALL],
  ['WARDEN_TOPIC_URL', ALL],
  ['WARDEN_AUDIT_HUB', ['backup']],
  ['WARDEN_AUDIT_CONSUMER_GROUP', ['backup']],
  ['WARDEN_RECOVERY_PRINCIPAL', ['backup']],
  ['WARDEN_OVERDUE_GRACE_HOURS', ['backup']],
  ['WARDEN_BACKUP_RETENTION_DAYS', ['backup']],
  ['WARDEN_AUDIT_CONTAINER', ['recovery']],
  ['WARDEN_CONSOLE', ['recovery']],
  ['WARDEN_AUTH_TENANT', ['recovery']],
  ['WARDEN_AUTH_AUDIENCE', ['recovery']],
  ['WARDEN_ORIGIN', ['recovery']],
  // Only where the operator lets webhooks open requests.
  ['WARDEN_WEBHOOK_SECRETS', []],
  ['WARDEN_WEBHOOK_APPS', []],
  // Only where the operator has channels.
  ['WARDEN_NOTIFY_SECRETS', []],
  ['WARDEN_NOTIFY_QUEUE_URL', ['recovery', 'drill']],
  // Only where there is a console.
  ['WARDEN_NOTIFY_ORIGIN', []],
  // The other apps get it only where the operator has a drill HSM.
  ['WARDEN_DRILL_HSMS', ['drill']],
  ['WARDEN_DRILL_FAULTS_URL', ['drill']],
  // For the command line: an output of the deployment.
  ['WARDEN_DRILL_QUEUE_URL', []],
]);

/** The settings that an app gets from every deployment. */
export function deployedSettingsOf(app: string): readonly string[] {
  return [...DEPLOYED_SETTINGS].filter(([, apps]) => apps.some((one) => one === app)).map(([name]) => name);
}

/** Path of the module. */
export const SETTINGS_MODULE = 'infra/modules/settings.bicep';

/** The text of the module. */
export function settingsModule(): string {
  const members = settingsOf(PRODUCT_TABLE)
    .filter(({ name }) => !LOCAL_SETTINGS.has(name) && !DEPLOYED_SETTINGS.has(name))
    .map(
      ({ name, description, expected }) =>
        `  @description('Optional. ${escaped(`${description} Expected: ${expected}.`)}')\n  ${name}: string?\n`,
    );
  return `metadata name = 'Settings'
metadata description = 'Every setting of the product that the deployment leaves to the operator. Made by \`npm run infra:check -- --update\` from the code.'

@export()
@description('Product settings by name. docs/configuration.md describes each; what the deployment decides itself is not among them.')
@sealed()
type productSettingsType = {
${members.join('\n')}}
`;
}

/** As a Bicep string in single quotes. https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${');
}
