/** The template of the drill app agrees with the code, and gives the app no more than it needs. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentBlobName, leaseBlobName } from '../../src/adapters/blob/layout.ts';
import { DRILL_QUEUES, FUNCTION_NAMES } from '../../src/platform/features.ts';
import { checkFunctions } from '../../tools/infra/contract.ts';
import { PRODUCT_TABLE } from '../../tools/infra/product.ts';
import { appSettings, ofType, Snapshot, text } from '../../tools/infra/snapshot.ts';

const snapshot = Snapshot.parse(JSON.parse(readFileSync('infra/tests/drill.snapshot.json', 'utf8')));
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

  it('gives the app the reading of backups alone', () => {
    const onBackups = assignments.filter(({ id }) => id.includes("/containers/key-backups'"));
    expect(onBackups.map((one) => text(one, 'description'))).toEqual([
      'Storage Blob Data Reader: the drill app reads the backups that it restores.',
    ]);
  });
});
