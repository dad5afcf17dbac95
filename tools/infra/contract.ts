/** The contract between the deployment and the code: names both must agree on, taken from each, compared both ways. */
import type { SettingsTable } from '../../src/core/settings/setting.ts';
import { LOCAL_SETTINGS, PRODUCT_TABLE, settingsOf } from './product.ts';
import type { RegisteredFunction } from './registered.ts';
import { deployedSettingsOf } from './settings-module.ts';
import { accountIn, appSettings, ofType, type Snapshot } from './snapshot.ts';

/** Every setting of `table` that the code needs is set, none it does not know. `app` is `backup` or `recovery`. */
export function checkSettings(
  snapshot: Snapshot,
  app: string,
  table: SettingsTable = PRODUCT_TABLE,
): readonly string[] {
  const given = Object.keys(appSettings(snapshot, app)).filter((name) => name.startsWith('WARDEN_'));
  const unknown = given.filter((name) => !Object.hasOwn(table, name));
  const local = given.filter((name) => LOCAL_SETTINGS.has(name));
  const missing = settingsOf(table)
    .filter(({ name, optional }) => !optional && !LOCAL_SETTINGS.has(name) && !given.includes(name))
    .map(({ name }) => name);
  const untold = deployedSettingsOf(app).filter((name) => !given.includes(name));
  return [
    ...untold.map((name) => `settings: the deployment does not tell the ${app} app its ${name}`),
    ...unknown.map((name) => `settings: the code does not know ${name} of the ${app} app`),
    ...local.map((name) => `settings: ${name} of the ${app} app is for a local machine only`),
    ...missing.map((name) => `settings: the ${app} app lacks ${name}, which has no default`),
  ];
}

/** Every registered function has its switch in its app, every switch its function. */
export function checkFunctions(
  snapshot: Snapshot,
  app: string,
  registered: readonly string[],
): readonly string[] {
  const switches = Object.keys(appSettings(snapshot, app)).flatMap((name) => {
    const match = /^AzureWebJobs\.(.+)\.Disabled$/.exec(name);
    return match?.[1] === undefined ? [] : [match[1]];
  });
  return [
    ...registered
      .filter((name) => !switches.includes(name))
      .map((name) => `functions: ${name} of the ${app} app is unknown to the deployment`),
    ...switches
      .filter((name) => !registered.includes(name))
      .map((name) => `functions: the ${app} app registers no function ${name}`),
  ];
}

/** The triggers' queues, hubs and connections exist where the app's host looks them up. */
export function checkTriggers(
  snapshot: Snapshot,
  app: string,
  registered: readonly RegisteredFunction[],
): readonly string[] {
  const settings = appSettings(snapshot, app);
  const host = accountIn(settings.AzureWebJobsStorage__queueServiceUri);
  const queues = new Set(
    ofType(snapshot, 'Microsoft.Storage/storageAccounts/queueServices/queues').map(({ name }) => name),
  );
  const hubs = namesOf(snapshot, 'Microsoft.EventHub/namespaces/eventhubs');
  const groups = namesOf(snapshot, 'Microsoft.EventHub/namespaces/eventhubs/consumergroups');
  return registered.flatMap(({ name, trigger }) => {
    const { type, queueName, eventHubName, consumerGroup, connection } = trigger;
    const problems: string[] = [];
    if (type === 'queueTrigger') {
      for (const queue of [String(queueName), `${String(queueName)}-poison`]) {
        if (!queues.has(`${host}/default/${queue}`))
          problems.push(`queues: ${name} listens on ${queue}, which ${host} lacks`);
      }
    }
    if (type === 'eventHubTrigger') {
      if (!hubs.includes(resolve(eventHubName, settings)))
        problems.push(`hubs: ${name} listens on ${String(eventHubName)}`);
      if (!groups.includes(resolve(consumerGroup, settings))) {
        problems.push(`hubs: ${name} reads as consumer group ${String(consumerGroup)}`);
      }
    }
    const linked =
      typeof connection !== 'string' ||
      Object.keys(settings).some((key) => key.startsWith(`${connection}__`));
    return linked ? problems : [...problems, `connections: ${name} uses ${connection}, which is not set`];
  });
}

/** Containers and queues named in settings and code exist. `expected` are the code's own names. */
export function checkPlaces(snapshot: Snapshot, expected: readonly string[]): readonly string[] {
  const places = [
    ...namesOf(snapshot, 'Microsoft.Storage/storageAccounts/blobServices/containers'),
    ...namesOf(snapshot, 'Microsoft.Storage/storageAccounts/queueServices/queues'),
  ];
  return expected.filter((name) => !places.includes(name)).map((name) => `places: nothing makes ${name}`);
}

function namesOf(snapshot: Snapshot, type: string): readonly string[] {
  return ofType(snapshot, type).map(({ name }) => name.split('/').at(-1) ?? '');
}

/** `%NAME%` in a binding stands for the setting of that name. */
function resolve(value: unknown, settings: Readonly<Record<string, string>>): string {
  const name = /^%(.+)%$/.exec(String(value))?.[1];
  return name === undefined ? String(value) : (settings[name] ?? '');
}
