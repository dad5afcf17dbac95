/** Rules for the apps, the events and every setting and output: identities apart, no secret anywhere, no local authentication. */
import type { DeploymentPromise } from '../promise.ts';
import {
  accountIn,
  appSettings,
  ofType,
  property,
  type Resource,
  type Snapshot,
  text,
  texts,
} from '../snapshot.ts';
import { expect } from './expect.ts';

/** What a key, a token or a connection string with one looks like, and the template functions that fetch one. */
const SECRET =
  /\blist(Keys|AccountSas|ServiceSas|Secrets|ConnectionStrings|Credentials)?\(|AccountKey=|SharedAccess(Key|Signature)|InstrumentationKey=|[?&]sig=|primaryKey|masterKey|whsec_/i;

/** No secret in any setting or output. */
export function checkSecrets(snapshot: Snapshot): readonly string[] {
  const settings = ofType(snapshot, 'Microsoft.Web/sites/config').flatMap(({ name, properties }) =>
    [...texts(properties)].map(([path, value]) => [`${name}${path}`, value] as const),
  );
  const outputs = [...texts(snapshot.outputs)].map(([path, value]) => [`output ${path}`, value] as const);
  return [...settings, ...outputs]
    .filter(([, value]) => SECRET.test(value))
    .map(([where]) => `secret: ${where} holds or fetches a secret`);
}

/** Rules for the function apps. */
export function checkFunctionApps(snapshot: Snapshot, promise: DeploymentPromise): readonly string[] {
  const sites = ofType(snapshot, 'Microsoft.Web/sites');
  const identities = sites.map((site) => identitiesOf(site));
  const publishing = ofType(snapshot, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
  return [
    ...(sites.length === 2 ? [] : [`apps: expected 2 apps, got ${sites.length}`]),
    ...(publishing.length === 4 ? [] : ['publishing: expected basic publishing switched off on both apps']),
    ...publishing.flatMap((policy) => expect(policy, 'publishing', false, 'allow')),
    ...sites.flatMap((site) => [
      ...expect(site, 'https-only', true, 'httpsOnly'),
      ...expect(site, 'tls', '1.2', 'siteConfig', 'minTlsVersion'),
      ...(promise.privateApps ? expect(site, 'public-network', 'Disabled', 'publicNetworkAccess') : []),
    ]),
    ...(identities.every((own) => own.length === 1) && new Set(identities.flat()).size === sites.length
      ? []
      : ['identities: expected each app to have one identity, and not the same']),
    ...['backup', 'recovery'].flatMap((app) => checkOwnSettings(snapshot, app)),
    ...checkAuthentication(snapshot),
  ];
}

/** Each app says it is itself, and its queues are those its host listens on. */
function checkOwnSettings(snapshot: Snapshot, app: string): readonly string[] {
  const settings = appSettings(snapshot, app);
  const clients = ['WARDEN_CLIENT_ID', 'AzureWebJobsStorage__clientId'].map((name) => settings[name] ?? '');
  const strangers = clients.filter(
    (value) => !new RegExp(`/userAssignedIdentities/id-[a-z0-9]+-${app}-`).test(value),
  );
  const queues = [settings.WARDEN_QUEUE_URL, settings.AzureWebJobsStorage__queueServiceUri];
  return [
    ...strangers.map(() => `identities: the ${app} app names another identity as its own`),
    ...(accountIn(queues[0]) === accountIn(queues[1])
      ? []
      : [`queues: the ${app} app sends to ${accountIn(queues[0])} and listens on ${accountIn(queues[1])}`]),
    ...('AzureWebJobsStorage' in settings ? [`secret: the ${app} app has a connection string`] : []),
  ];
}

function checkAuthentication(snapshot: Snapshot): readonly string[] {
  const found = ofType(snapshot, 'Microsoft.Web/sites/config').find(
    ({ name }) => name.includes('-recovery-') && name.endsWith('/authsettingsV2'),
  );
  if (found === undefined) return ['authentication: the recovery app accepts requests without a token'];
  return [
    ...expect(found, 'authentication', true, 'platform', 'enabled'),
    ...expect(found, 'authentication', true, 'globalValidation', 'requireAuthentication'),
    ...expect(found, 'authentication', 'Return401', 'globalValidation', 'unauthenticatedClientAction'),
  ];
}

function identitiesOf(site: Resource): readonly string[] {
  const { identity } = site;
  if (typeof identity !== 'object' || identity === null || !('userAssignedIdentities' in identity)) return [];
  const assigned = identity.userAssignedIdentities;
  return typeof assigned === 'object' && assigned !== null ? Object.keys(assigned) : [];
}

/** Rules for the topic, the hub, the logs, new HSMs and the alerts. */
export function checkEvents(snapshot: Snapshot, promise: DeploymentPromise): readonly string[] {
  const closed = (resource: Resource) =>
    promise.private ? expect(resource, 'public-network', 'Disabled', 'publicNetworkAccess') : [];
  return [
    ...ofType(snapshot, 'Microsoft.EventGrid/topics').flatMap((topic) => [
      ...expect(topic, 'local-auth', true, 'disableLocalAuth'),
      ...expect(topic, 'events', 'CloudEventSchemaV1_0', 'inputSchema'),
      ...closed(topic),
    ]),
    ...ofType(snapshot, 'Microsoft.EventGrid/topics/eventSubscriptions').flatMap((subscription) =>
      property(subscription, 'deadLetterWithResourceIdentity') === undefined
        ? [`dead-letters: ${subscription.name} loses what cannot be delivered`]
        : [],
    ),
    ...ofType(snapshot, 'Microsoft.EventHub/namespaces').flatMap((namespace) => [
      ...expect(namespace, 'tls', '1.2', 'minimumTlsVersion'),
      ...closed(namespace),
    ]),
    ...ofType(snapshot, 'Microsoft.EventHub/namespaces/authorizationRules')
      .filter((rule) => JSON.stringify(property(rule, 'rights')) !== '["Send"]')
      .map((rule) => `hub-keys: ${rule.name} may do more than send`),
    ...ofType(snapshot, 'Microsoft.Insights/components').flatMap((insights) =>
      expect(insights, 'local-auth', true, 'DisableLocalAuth'),
    ),
    ...ofType(snapshot, 'Microsoft.KeyVault/managedHSMs').flatMap((hsm) => [
      ...expect(hsm, 'purge-protection', true, 'enablePurgeProtection'),
      ...closed(hsm),
    ]),
    ...ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules')
      .filter((rule) => text(rule, 'displayName') === '' || property(rule, 'enabled') !== true)
      .map((rule) => `alerts: ${rule.name} is off or has no title`),
  ];
}
