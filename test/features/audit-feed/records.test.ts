/** What records and batches of the audit log say. */
import { describe, expect, it } from 'vitest';
import { readAuditRecord } from '../../../src/features/audit-feed/audit-record.ts';
import { effectOf } from '../../../src/features/audit-feed/effect.ts';
import { readAuditBatch } from '../../../src/features/audit-feed/read-batch.ts';
import { sortRecords } from '../../../src/features/audit-feed/sort-records.ts';
import { aRecord } from '../../support/audit-record.ts';

describe('a record', () => {
  it('reports time, operation, key, caller and status', () => {
    expect(readAuditRecord(aRecord())).toEqual({
      at: Date.parse('2026-11-24T12:00:05.123Z'),
      operation: 'KeyCreate',
      key: 'orders',
      host: 'contoso.managedhsm.azure.net',
      pool: 'contoso',
      httpStatus: 200,
      clientInfo: 'azsdk-python-core/1.7.0',
      caller: {
        objectId: 'object-1',
        upn: 'mallory@contoso.com',
        appId: 'app-1',
        address: '203.0.113.7',
      },
    });
  });

  it('with half a character in a name can be stored and sealed as any other', () => {
    const { caller } = readAuditRecord(aRecord({ identity: { claim: { appid: 'x\ud83d' } } })) ?? {};

    expect(caller?.appId).toBe('x\ufffd');
  });

  it.each([
    { name: 'a line end', upn: 'bob\nby alice', is: 'bobby alice' },
    { name: 'text that runs backwards', upn: 'bob\u202eecila', is: 'bobecila' },
    { name: 'nothing to see', upn: '\u200b', is: 'a name that cannot be shown' },
    { name: 'a thousand characters', upn: 'x'.repeat(1_000), is: 'x'.repeat(200) },
  ])('names its caller without $name', ({ upn, is }) => {
    const claim = { http_schemas_xmlsoap_org_ws_2005_05_identity: { claims: { upn } } };

    expect(readAuditRecord(aRecord({ identity: { claim } }))?.caller.upn).toBe(is);
  });

  it('is read in the form of a vault too: identity as an object, fields in properties, numbers as text', () => {
    const record = readAuditRecord({
      time: '2026-11-24T12:00:05Z',
      operationName: 'KeyDelete',
      identity: {
        claim: { 'http://schemas.microsoft.com/identity/claims/objectidentifier': 'object-2' },
      },
      properties: { httpStatusCode: '200', requestUri: 'https://contoso.managedhsm.azure.net/keys/a' },
    });

    expect(record).toMatchObject({ key: 'a', httpStatus: 200, caller: { objectId: 'object-2' } });
  });

  it.each([
    ['/keys/orders', 'orders'],
    ['/keys/orders/0123456789abcdef0123456789abcdef/sign', 'orders'],
    ['/keys/orders/', 'orders'],
    ['/deletedkeys/orders/recover', 'orders'],
    ['/keys/restore', undefined],
    ['/keys//restore', undefined],
    ['/keys/restore/create', 'restore'],
    ['/backup', undefined],
    ['/keys/no%20key', undefined],
  ])('of %s is about key %s', (path, key) => {
    expect(readAuditRecord(aRecord({}, path))?.key).toBe(key);
  });

  it.each([
    ['KeyCreate', 200, 'back-up'],
    ['KeyImport', 200, 'back-up'],
    ['KeyRotate', 200, 'back-up'],
    ['KeyUpdate', 200, 'back-up'],
    ['KeyRecover', 200, 'back-up'],
    ['KeyCreate', 403, 'none'],
    ['KeyDelete', 200, 'deleted'],
    ['KeyDelete', 404, 'none'],
    ['KeyPurge', 204, 'purged'],
    ['KeyPurge', 403, 'none'],
    ['KeySign', 200, 'none'],
    ['KeySign', 404, 'refused-use'],
    ['KeyUnwrap', 403, 'refused-use'],
    ['KeyUnwrap', 409, 'refused-use'],
    ['KeySign', 401, 'none'],
    ['KeySign', 429, 'none'],
    ['KeySign', 500, 'none'],
    ['KeyGet', 404, 'refused-use'],
    ['KeyList', 200, 'none'],
    ['EkmProxyOperation', 200, 'unknown'],
  ])('of %s with %d calls for: %s', (operationName, httpStatusCode, effect) => {
    const record = readAuditRecord(aRecord({ operationName, httpStatusCode }));
    expect(record && effectOf(record)).toBe(effect);
  });

  it('of the product reading a deleted key calls for nothing, but of its using one it does', () => {
    const own = { clientInfo: 'hsm-warden azsdk-js', httpStatusCode: 404 };
    const effects = ['KeyGet', 'KeySign'].map((operationName) => {
      const record = readAuditRecord(aRecord({ ...own, operationName }));
      return record && effectOf(record);
    });
    expect(effects).toEqual(['none', 'refused-use']);
  });

  it('of a restore, which names no key, calls for a scan', () => {
    const record = readAuditRecord(aRecord({ operationName: 'KeyRestore' }, '/keys/restore'));
    expect(record && effectOf(record)).toBe('scan');
  });
});

const HSMS = [{ name: 'contoso', url: 'https://contoso.managedhsm.azure.net' }];

function sorted(record: object) {
  return sortRecords(readAuditBatch([record]).records, HSMS);
}

describe('a record of a deletion', () => {
  const deletion = { operationName: 'KeyDelete' };

  it.each([
    ['clientInfo', null],
    ['callerIpAddress', null],
    ['PoolName', null],
    ['resourceId', null],
    ['identity', null],
    ['properties', null],
    ['httpStatusCode', null],
    ['httpStatusCode', 'soon'],
    ['clientInfo', 7],
    ['time', '2026-11-24T02:00:00.1234567'],
    ['time', '2026-11-24T02:00:00'],
  ])('is one although %s is %j', (member, value) => {
    const { byHsm, unclear } = sorted(aRecord({ ...deletion, [member]: value }));

    expect(byHsm.get('contoso')?.deletes).toMatchObject([{ key: 'orders' }]);
    expect(unclear).toBe(0);
  });

  it('without a zone is at that time of UTC', () => {
    expect(readAuditRecord(aRecord({ time: '2026-11-24T02:00:00.5' }))?.at).toBe(
      Date.parse('2026-11-24T02:00:00.500Z'),
    );
  });

  it('has its key from the properties, where the request is empty', () => {
    const properties = { id: 'https://contoso.managedhsm.azure.net/keys/other' };
    const { byHsm } = sorted(aRecord({ ...deletion, requestUri: '', properties }));

    expect(byHsm.get('contoso')?.deletes).toMatchObject([{ key: 'other' }]);
  });

  it.each([
    ['says no time', { time: 'yesterday' }],
    ['says null for a time', { time: null }],
    ['says no operation', { operationName: '' }],
    ['names no key', { requestUri: null, properties: null }],
    ['names no key that can be read', { requestUri: '/keys/orders', properties: null }],
    ['names neither key nor HSM', { requestUri: null, properties: null, PoolName: null, resourceId: null }],
  ])('leads to a scan when it %s', (_what, change) => {
    const { byHsm } = sorted(aRecord({ ...deletion, ...change }));

    expect(byHsm.get('contoso')).toMatchObject({ scan: true, deletes: [] });
  });

  it('of another kind of resource leads to nothing', () => {
    const elsewhere = '/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/contoso';
    const change = { requestUri: null, properties: null, PoolName: null, resourceId: elsewhere };

    expect(sorted(aRecord({ ...deletion, ...change }))).toMatchObject({ foreign: 1, unclear: 0 });
  });

  it('is counted, whatever it says', () => {
    const all = [
      aRecord(deletion),
      aRecord({ operationName: 'KeyList' }),
      aRecord({ operationName: 'EkmProxyOperation' }),
      aRecord({ time: null }),
      aRecord({ PoolName: 'other', requestUri: 'https://other.managedhsm.azure.net/keys/a' }),
    ];
    const { records } = readAuditBatch(all);

    expect(records).toHaveLength(5);
    expect(sortRecords(records, HSMS)).toMatchObject({ ignored: 1, unknown: 1, unclear: 1, foreign: 1 });
  });
});

describe('the HSMs that records came from', () => {
  const deletion = { operationName: 'KeyDelete' };
  const other = { name: 'fabrikam', url: 'https://fabrikam.managedhsm.azure.net' };
  const heard = (...all: object[]) => sortRecords(readAuditBatch(all).records, [...HSMS, other]).heard;

  it('are known whatever the records say', () => {
    expect(heard(aRecord({ operationName: 'KeyList' }), aRecord(deletion))).toEqual(['contoso']);
    expect(heard(aRecord({ operationName: 'EkmProxyOperation' }))).toEqual(['contoso']);
  });

  it('are not those that a record may be of', () => {
    expect(
      heard(aRecord({ ...deletion, requestUri: null, properties: null, PoolName: null, resourceId: null })),
    ).toEqual([]);
    expect(
      heard(aRecord({ PoolName: 'other', requestUri: 'https://other.managedhsm.azure.net/keys/a' })),
    ).toEqual([]);
  });
});

describe('a batch', () => {
  const two = [aRecord(), aRecord({}, '/keys/secret')];

  it.each([
    ['an array of records', two],
    ['an envelope', { records: two }],
    ['an array of envelopes', [{ records: [two[0]] }, { records: [two[1]] }]],
    ['text', JSON.stringify(two)],
    ['an array of texts', two.map((record) => JSON.stringify(record))],
    ['an array of texts of envelopes', [JSON.stringify({ records: two })]],
    ['lines', two.map((record) => JSON.stringify(record)).join('\n')],
    [
      'lines with empty ones between',
      `\r\n${two.map((record) => JSON.stringify(record)).join('\r\n\r\n')}\r\n`,
    ],
    ['bytes', Buffer.from(JSON.stringify(two))],
  ])('is read from %s', (_name, body) => {
    const { records, malformed } = readAuditBatch(body);
    expect(records.map(({ key }) => key)).toEqual(['orders', 'secret']);
    expect(malformed).toBe(0);
  });

  it.each([
    ['nothing', undefined, 1],
    ['text that is no JSON', 'hello\nworld', 2],
    ['a number', 7, 1],
    ['an object that says nothing', [{ time: null, operationName: null, identity: {} }], 1],
    ['text in text', JSON.stringify(JSON.stringify(aRecord())), 1],
    ['an empty array', [], 0],
    ['arrays nested without end', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`), 1],
  ])('of %s gives no record, and is not fatal', (_name, body, count) => {
    expect(readAuditBatch(body)).toEqual({ records: [], malformed: count });
  });

  it('with a bad record among good ones gives the good ones', () => {
    const { records, malformed } = readAuditBatch([two[0], 'rubbish', null, two[1]]);
    expect([records.length, malformed]).toEqual([2, 2]);
  });
});
