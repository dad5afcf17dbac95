/** The deployment with a drill HSM: the third app agrees with the code, and a right, a rule or an endpoint of it that is wrong is found. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DRILL_QUEUES, FUNCTION_NAMES } from '../../src/platform/features.ts';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { checkFunctions, checkPlaces, checkSettings } from '../../tools/infra/contract.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { PARAMETER_SETS } from '../../tools/infra/parameter-sets.ts';
import { violations } from '../../tools/infra/rules/violations.ts';
import { ofType, type Resource, Snapshot } from '../../tools/infra/snapshot.ts';
import { checkStatePaths } from '../../tools/infra/state-paths.ts';

const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';
const snapshot = predictionOf('hardened');
const assignments = ofType(snapshot, ASSIGNMENT).filter(({ properties }) =>
  JSON.stringify(properties?.principalId).includes('-drill-'),
);

function predictionOf(name: string): Snapshot {
  const stored = JSON.parse(readFileSync(`infra/tests/${name}.snapshot.json`, 'utf8'));
  return evaluated(Snapshot.parse(stored), PUBLIC_CLOUD);
}

function found(changed: Snapshot): readonly string[] {
  const promise = PARAMETER_SETS.hardened;
  if (promise === undefined) throw new Error('no parameter set hardened');
  return [...violations(changed, promise), ...checkStatePaths(changed)];
}

describe('the drill app', () => {
  it('is there with a drill HSM, and only then', () => {
    // Two rules over the events of drills are in every deployment: they are silent without a drill app.
    const drills = (name: string) =>
      predictionOf(name).predictedResources.filter(({ id }) => /-drill-|stwardend|hsms\/drill\b/i.test(id));

    expect(drills('hardened').map(({ type }) => type)).toContain('Microsoft.Web/sites');
    expect(drills('defaults').filter(({ name }) => !/^alert-drill-(failed|refused)-/.test(name))).toEqual([]);
  });

  it('switches every function of the code, sets what it needs, and has the queues of the code', () => {
    expect(checkFunctions(snapshot, 'drill', FUNCTION_NAMES.drill)).toEqual([]);
    expect(checkSettings(snapshot, 'drill')).toEqual([]);
    expect(
      checkPlaces(
        snapshot,
        DRILL_QUEUES.flatMap((name) => [name, `${name}-poison`]),
      ),
    ).toEqual([]);
  });

  it('has its own subnet, and endpoints of its storage, of itself and of the drill HSM, in a closed network', () => {
    const endpoints = ofType(snapshot, 'Microsoft.Network/privateEndpoints').map(({ name }) => name);
    const [network] = ofType(snapshot, 'Microsoft.Network/virtualNetworks');

    expect(
      endpoints.filter((name) => /drill|stwardend/.test(name)).map((name) => name.split('-').at(-1)),
    ).toEqual(['blob', 'queue', 'table', 'sites', 'managedhsm']);
    expect(JSON.stringify(network)).toContain('"name":"drill-app"');
  });
});

describe('the rules over the drill app are loud about', () => {
  const KEY_BACKUPS = '/containers/key-backups';
  const STATE = '/containers/warden-state';
  const QUEUE = '/queues/key-backups';

  /** The prediction with one assignment of the drill app changed. */
  function changed(of: string, change: (one: Resource) => Resource): Snapshot {
    const meant = assignments.find(({ id }) => id.includes(`${of}/providers/Microsoft.Authorization/`));
    if (meant === undefined) throw new Error(`expected an assignment on ${of}`);
    const predictedResources = snapshot.predictedResources.map((one) => (one === meant ? change(one) : one));
    return { ...snapshot, predictedResources };
  }

  const on = (from: string, to: string) => (one: Resource) => ({ ...one, id: one.id.replaceAll(from, to) });
  const having = (properties: Resource['properties']) => (one: Resource) => ({
    ...one,
    properties: { ...one.properties, ...properties },
  });
  const instead = (from: string, to: string) => (one: Resource) => ({
    ...one,
    properties: JSON.parse(JSON.stringify(one.properties).replaceAll(from, to)),
  });
  const OWNER =
    '/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

  // The first judgement loads the language service and tries every sample; later ones know what it found.
  beforeAll(() => {
    found(snapshot);
  }, 300_000);

  it('nothing, as it is', () => {
    expect(found(snapshot)).toEqual([]);
  });

  it.each<[string, string, (one: Resource) => Resource]>([
    ['the whole account of the backups', KEY_BACKUPS, on(`/blobServices/default${KEY_BACKUPS}`, '')],
    ['the container of the audit log', KEY_BACKUPS, on(KEY_BACKUPS, '/containers/warden-audit')],
    ['the whole account of the state', STATE, on(`/blobServices/default${STATE}`, '')],
    ['state without a condition', STATE, having({ condition: null })],
    ['the catalogue of the backup app', STATE, instead("'drill/*'", "'catalogue/*'")],
    ['the decisions of the recovery app', STATE, instead("'drill-results/*'", "'recoveries/*'")],
    ['what owners have enrolled', STATE, instead("'drill/*'", "'drill*'")],
    ['every queue of the backup app', QUEUE, on(`/queueServices/default${QUEUE}`, '')],
    ['a protected HSM', '/managedHSMs/drill', on('/managedHSMs/drill', '/managedHSMs/contoso')],
    ['the owner of the drill HSM', '/managedHSMs/drill', having({ roleDefinitionId: OWNER })],
    ['somebody else', KEY_BACKUPS, having({ principalId: '55555555-5555-5555-5555-555555555555' })],
  ])('%s', (_, of, change) => {
    expect(found(changed(of, change))).not.toEqual([]);
  });

  it.each([ASSIGNMENT, 'Microsoft.Authorization/roleDefinitions'])('one more of %s', (type) => {
    const [one] = assignments;
    if (one === undefined) throw new Error('expected an assignment');
    const predictedResources = [...snapshot.predictedResources, { ...one, type }];

    expect(found({ ...snapshot, predictedResources })).not.toEqual([]);
  });

  it.each(assignments.map((one) => [one.id.split('/').slice(-6, -3).join('/'), one] as const))(
    'a right that is missing: %s',
    (_on, missing) => {
      const predictedResources = snapshot.predictedResources.filter((one) => one !== missing);

      expect(found({ ...snapshot, predictedResources })).not.toEqual([]);
    },
  );

  it.each([
    ['the alert about another HSM', "Subject in ('drill')", "Subject in ('other')"],
    ['the alert content with anybody', 'not(Caller contains ', 'not(OperationName contains '],
    ['the alert about refused requests', 'HttpStatusCode < 300', 'HttpStatusCode > 400'],
    ['the alert blind to a drill HSM', 'dynamic([\\"drill\\"])', 'dynamic([])'],
    ['the alert of missing runs left out', 'alert-no-drill-', 'alert-some-drill-'],
    ['the log of the drill HSM left out', 'hsm-warden-drill-', 'hsm-warden-some-'],
    ['an app of many instances', '"maximumInstanceCount":1}', '"maximumInstanceCount":2}'],
    ['the subnet of another app', 'subnets/drill-app', 'subnets/backup-app'],
  ])('%s', (_what, from, to) => {
    const text = JSON.stringify(snapshot.predictedResources);
    expect(text, from).toContain(from);

    expect(
      found(Snapshot.parse({ ...snapshot, predictedResources: JSON.parse(text.replaceAll(from, to)) })),
    ).not.toEqual([]);
  });
});
