import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { CliWorld } from '../support/cli-world.ts';
import { HSM, itAnswers, ON, POLICY, type Row, startAzWorld } from './support/az-world.ts';

let world: CliWorld;
beforeAll(async () => {
  world = await startAzWorld();
});
afterAll(() => world?.close());

const SHOWN: readonly Row[] = [
  {
    line: `key show ${ON} rsa`,
    shape: 'key',
    values: { key: { kty: 'RSA-HSM', e: 'AQAB', crv: null }, tags: { app: 'b', owner: 'a' }, managed: null },
  },
  {
    line: `key show ${ON} RSA`,
    shape: 'key',
    values: { key: { kid: expect.stringContaining('/keys/rsa/') } },
  },
  { line: `key show ${ON} ec`, shape: 'key', values: { key: { crv: 'P-256', e: null } } },
  { line: `key show ${ON} oct`, shape: 'key', values: { key: { kty: 'oct-HSM', x: null } } },
  {
    line: `key show ${ON} off`,
    shape: 'key',
    values: { attributes: { enabled: false, expires: '2030-01-01T00:00:00+00:00' } },
  },
  {
    line: `key show ${ON} exportable`,
    shape: 'key',
    values: { attributes: { exportable: true }, releasePolicy: { encodedPolicy: POLICY, immutable: false } },
  },
  { line: `key show --id ${HSM}/keys/rsa`, shape: 'key' },
  { line: `key show --id ${HSM}/keys/rsa/`, shape: 'key' },
  { line: `key show --id ${HSM}/KEYS/rsa`, shape: 'key' },
  { line: `key show --id https://contosohsm.managedhsm.azure.net/keys/rsa`, shape: 'key' },
  { line: `key show ${ON} rsa -v ''`, shape: 'key' },
  { line: 'key list --hsm-name ContosoHSM', shape: 'item', values: [{ attributes: { exportable: false } }] },
  { line: `key list --id ${HSM}/`, shape: 'item' },
  { line: `key list --id ${HSM}`, shape: 'item' },
  { line: 'key list --hsm-name ContosoHSM --maxresults 2', shape: 'item' },
  { line: 'key list --hsm-name ContosoHSM --include-managed true', shape: 'item' },
  { line: 'key list --hsm-name ContosoHSM --include-managed', shape: 'item' },
  { line: `key list-versions ${ON} rsa`, shape: 'item', values: [{ name: 'rsa' }, { name: 'rsa' }] },
  {
    line: `key list-versions --id ${HSM}/keys/exportable`,
    shape: 'item',
    values: [{ attributes: { exportable: true } }],
  },
  { line: `key list-versions ${ON} rsa --maxresults 1`, shape: 'item', values: [{ name: 'rsa' }] },
  { line: 'key list-deleted --hsm-name ContosoHSM', shape: 'deleted item' },
  { line: `key list-deleted --id ${HSM}/`, shape: 'deleted item' },
  { line: 'key list-deleted --hsm-name ContosoHSM --maxresults 1', shape: 'deleted item' },
  {
    line: `key show-deleted ${ON} gone`,
    shape: 'deleted',
    values: { key: { kty: 'EC-HSM' }, recoveryId: expect.stringContaining('/deletedkeys/gone') },
  },
  {
    line: `key show-deleted ${ON} gone-exportable`,
    shape: 'deleted',
    values: { attributes: { exportable: true } },
  },
  { line: `key show-deleted --id ${HSM}/deletedkeys/gone`, shape: 'deleted' },
  { line: `key show-deleted --id ${HSM}/deletedKeys/gone/`, shape: 'deleted' },
  {
    line: `key rotation-policy show ${ON} ec`,
    shape: 'policy',
    values: { createdOn: '1970-01-01T00:00:00+00:00', expiresIn: '', id: '', lifetimeActions: [] },
  },
  { line: `key rotation-policy show --id ${HSM}/keys/ec`, shape: 'policy' },
  {
    line: 'key random --hsm-name ContosoHSM --count 16',
    shape: 'random',
    values: { value: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/) },
  },
  { line: `key random --id ${HSM}/ --count 1`, shape: 'random' },
  { line: 'key random --hsm-name ContosoHSM --count 128', shape: 'random' },
  {
    line: 'key get-policy-template',
    shape: 'template',
    values: {
      anyOf: [{ allOf: [{ claim: '<claim name>', equals: '<value to match>' }], authority: '<issuer>' }],
      version: '1.0.0',
    },
  },
  { line: `key get-attestation ${ON} rsa`, shape: 'attestation', values: { version: 'MRVL-1' } },
  { line: `key get-attestation --id ${HSM}/keys/ec`, shape: 'attestation' },
];

describe('az commands that show', () => {
  itAnswers(SHOWN, () => world);
});
