/** The template of the drill app agrees with the code, and gives the app no more than it needs. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentBlobName, leaseBlobName } from '../../src/adapters/blob/layout.ts';
import { DRILL_QUEUES, FUNCTION_NAMES } from '../../src/platform/features.ts';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { checkFunctions } from '../../tools/infra/contract.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { PRODUCT_TABLE } from '../../tools/infra/product.ts';
import { checkDrillGrants } from '../../tools/infra/rules/drill.ts';
import { checkDrillAlert } from '../../tools/infra/rules/drill-alert.ts';
import { appSettings, ofType, type Resource, Snapshot, text } from '../../tools/infra/snapshot.ts';

const stored = JSON.parse(readFileSync('infra/tests/drill.snapshot.json', 'utf8'));
const snapshot = evaluated(Snapshot.parse(stored), PUBLIC_CLOUD);
const assignments = ofType(snapshot, 'Microsoft.Authorization/roleAssignments');

describe('the template of the drill app', () => {
  it('switches every function of the code', () => {
    expect(checkFunctions(snapshot, 'drill', FUNCTION_NAMES.drill)).toEqual([]);
  });

  it('sets settings that the code knows, and those it cannot do without', () => {
    const given = Object.keys(appSettings(snapshot, 'drill')).filter((name) => name.startsWith('WARDEN_'));
    expect(given.filter((name) => !Object.hasOwn(PRODUCT_TABLE, name))).toEqual([]);
    expect(given).toEqual(expect.arrayContaining(['WARDEN_HSMS', 'WARDEN_BACKUP_URL', 'WARDEN_DRILL_HSMS']));
  });

  it('makes the queues of the code', () => {
    const queues = ofType(snapshot, 'Microsoft.Storage/storageAccounts/queueServices/queues').map(
      ({ name }) => name.split('/').at(-1),
    );
    expect(queues).toEqual(expect.arrayContaining(DRILL_QUEUES.flatMap((name) => [name, `${name}-poison`])));
  });

  it('lets the app write its own documents, and none of the others', () => {
    const condition = assignments.map((one) => text(one, 'condition')).find((one) => one !== '') ?? '';
    const prefixes = [...condition.matchAll(/StringLike '([^'*]+)\*'/g)].map(([, prefix = '']) => prefix);
    const may = (blob: string) => prefixes.some((prefix) => blob.startsWith(prefix));
    expect(may(documentBlobName({ kind: 'drill', hsm: 'drill' }))).toBe(true);
    expect(may(documentBlobName({ kind: 'drill-results', hsm: 'contoso' }))).toBe(true);
    expect(may(leaseBlobName('drill-drill'))).toBe(true);
    expect(may(documentBlobName({ kind: 'catalogue', hsm: 'contoso' }))).toBe(false);
    expect(may(documentBlobName({ kind: 'drill-enrolments', hsm: 'contoso' }))).toBe(false);
    expect(may(documentBlobName({ kind: 'recovery', id: '0'.repeat(26) }))).toBe(false);
  });

  it('gives the app the rights of the rule, and no other', () => {
    expect(checkDrillGrants(snapshot)).toEqual([]);
  });
});

describe('the rule over the rights of the drill app is loud about', () => {
  const KEY_BACKUPS = '/containers/key-backups';
  const STATE = '/containers/warden-state';
  const QUEUE = '/queues/key-backups';

  /** The prediction with one assignment changed. */
  function changed(of: string, change: (one: Resource) => Resource): Snapshot {
    const found = assignments.find(({ id }) => id.includes(`${of}/providers/Microsoft.Authorization/`));
    if (found === undefined) throw new Error(`expected an assignment on ${of}`);
    const predictedResources = snapshot.predictedResources.map((one) => (one === found ? change(one) : one));
    return { ...snapshot, predictedResources };
  }

  const on = (from: string, to: string) => (one: Resource) => ({ ...one, id: one.id.replaceAll(from, to) });
  const having = (properties: Resource['properties']) => (one: Resource) => ({
    ...one,
    properties: { ...one.properties, ...properties },
  });
  const OWNER =
    '/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

  it.each<[string, string, (one: Resource) => Resource]>([
    ['the whole account of the backups', KEY_BACKUPS, on(`/blobServices/default${KEY_BACKUPS}`, '')],
    ['the container of the audit log', KEY_BACKUPS, on(KEY_BACKUPS, '/containers/warden-audit')],
    ['the whole account of the state', STATE, on(`/blobServices/default${STATE}`, '')],
    ['state without a condition', STATE, having({ condition: null })],
    ['every queue of the backup app', QUEUE, on(`/queueServices/default${QUEUE}`, '')],
    ['a protected HSM', '/managedHSMs/drill', on('/managedHSMs/drill', '/managedHSMs/contoso')],
    ['the owner of the drill HSM', '/managedHSMs/drill', having({ roleDefinitionId: OWNER })],
    ['somebody else', KEY_BACKUPS, having({ principalId: '55555555-5555-5555-5555-555555555555' })],
  ])('%s', (_, of, change) => {
    expect(checkDrillGrants(changed(of, change))).not.toEqual([]);
  });

  it.each(['Microsoft.Authorization/roleAssignments', 'Microsoft.Authorization/roleDefinitions'])(
    'one more of %s',
    (type) => {
      const [one] = assignments;
      if (one === undefined) throw new Error('expected an assignment');
      const more = { ...one, type };

      expect(
        checkDrillGrants({ ...snapshot, predictedResources: [...snapshot.predictedResources, more] }),
      ).toHaveLength(1);
    },
  );

  it('a right that is missing', () => {
    const predictedResources = snapshot.predictedResources.filter((one) => one !== assignments[0]);

    expect(checkDrillGrants({ ...snapshot, predictedResources })).toHaveLength(1);
  });
});

describe('the alerts over a drill HSM', () => {
  /** The prediction with every `from` of its alerts, or of the log they read, put as `to`. */
  function put(from: string, to: string): Snapshot {
    const text = JSON.stringify(snapshot.predictedResources);
    expect(text, from).toContain(from);
    return Snapshot.parse({ ...snapshot, predictedResources: JSON.parse(text.replaceAll(from, to)) });
  }

  it('are on, heard, and ask for everybody but the drill app, and for each drill HSM without drills', () => {
    expect(checkDrillAlert(snapshot)).toEqual([]);
  });

  it.each([
    ['switched off', '"enabled":true,"severity":0', '"enabled":false,"severity":0'],
    ['of little weight', '"severity":0', '"severity":3'],
    ['heard by nobody', 'actionGroups/ag-warden', 'actionGroups/nobody'],
    ['slow', '"evaluationFrequency":"PT15M"', '"evaluationFrequency":"PT6H"'],
    ['about another HSM', "Subject in ('drill')", "Subject in ('other')"],
    ['content with anybody', 'not(Caller contains ', 'not(OperationName contains '],
    ['about refused requests', 'HttpStatusCode < 300', 'HttpStatusCode > 400'],
    ['without the log of the drill HSM', '"category":"AuditEvent"', '"category":"AllMetrics"'],
    ['blind to a drill HSM', 'dynamic([\\"drill\\"])', 'dynamic([])'],
    ['without the runs that are missing', 'alert-no-drill-', 'alert-some-drill-'],
    ['missing', 'Microsoft.Insights/scheduledQueryRules', 'Microsoft.Insights/workbooks'],
  ])('is found when it is %s', (_how, from, to) => {
    expect(checkDrillAlert(put(from, to))).not.toEqual([]);
  });
});
