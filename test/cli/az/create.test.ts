import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { CliWorld } from '../support/cli-world.ts';
import { HSM, itAnswers, ON, POLICY, pythonJson, type Row, startAzWorld } from './support/az-world.ts';

let world: CliWorld;
beforeAll(async () => {
  world = await startAzWorld();
});
afterAll(() => world?.close());

const RSA_OPS = ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey'];
const EC_OPS = ['sign', 'verify', 'deriveKey'];
const CREATED: readonly Row[] = [
  {
    line: `key create ${ON} c1`,
    shape: 'key',
    values: { key: { kty: 'RSA-HSM', keyOps: RSA_OPS }, releasePolicy: null, tags: null },
  },
  { line: `key create ${ON} c2 --kty RSA`, shape: 'key', values: { key: { kty: 'RSA-HSM' } } },
  {
    line: `key create ${ON} c3 --kty rsa-hsm --curve p-256`,
    shape: 'key',
    values: { key: { kty: 'RSA-HSM', crv: null } },
  },
  {
    line: `key create ${ON} c4 --kty RSA --protection hsm --size 2048`,
    shape: 'key',
    values: { key: { kty: 'RSA-HSM' } },
  },
  { line: `key create ${ON} c5 --protection HSM`, shape: 'key', values: { key: { kty: 'RSA-HSM' } } },
  {
    line: `key create --hsm-name ContosoHSM -n c6 --kty EC-HSM -p hsm`,
    shape: 'key',
    values: { key: { kty: 'EC-HSM', crv: 'P-256', keyOps: EC_OPS } },
  },
  {
    line: `key create ${ON} c7 --kty EC --curve P-256`,
    shape: 'key',
    values: { key: { kty: 'EC-HSM', n: null, e: null } },
  },
  {
    line: `key create ${ON} c8 --curve p-384`,
    shape: 'key',
    values: { key: { kty: 'EC-HSM', crv: 'P-384' } },
  },
  { line: `key create ${ON} c9 --kty ec-hsm --curve P-521`, shape: 'key', values: { key: { crv: 'P-521' } } },
  {
    line: `key create ${ON} c10 --kty EC-HSM --curve p-256k`,
    shape: 'key',
    values: { key: { crv: 'P-256K' } },
  },
  {
    line: `key create ${ON} c11 --kty oct-HSM --size 128`,
    shape: 'key',
    values: { key: { kty: 'oct-HSM', k: null, n: null } },
  },
  {
    line: `key create ${ON} c12 --kty OCT --size 192 --ops encrypt decrypt`,
    shape: 'key',
    values: { key: { keyOps: ['encrypt', 'decrypt'] } },
  },
  {
    line: `key create ${ON} c13 --kty RSA-HSM --size 3072 --ops wrapKey unwrapKey`,
    shape: 'key',
    values: { key: { keyOps: ['wrapKey', 'unwrapKey'] } },
  },
  {
    line: `key create ${ON} c14 --kty EC-HSM --ops SIGN verify`,
    shape: 'key',
    values: { key: { keyOps: ['sign', 'verify'] } },
  },
  {
    line: `key create ${ON} c15 --kty EC-HSM --disabled`,
    shape: 'key',
    values: { attributes: { enabled: false } },
  },
  {
    line: `key create ${ON} c16 --kty EC-HSM --disabled false`,
    shape: 'key',
    values: { attributes: { enabled: true } },
  },
  {
    line: `key create ${ON} c17 --kty EC-HSM --expires 2030-01-01T00:00:00Z --not-before 2029-01-01T00:00:00Z`,
    shape: 'key',
    values: { attributes: { expires: '2030-01-01T00:00:00+00:00', notBefore: '2029-01-01T00:00:00+00:00' } },
  },
  {
    line: `key create ${ON} c18 --kty EC-HSM --expires 2030-01-01`,
    shape: 'key',
    values: { attributes: { expires: '2030-01-01T00:00:00+00:00' } },
  },
  {
    line: `key create ${ON} c19 --kty EC-HSM --tags usage 'a b=c d' x=`,
    shape: 'key',
    values: { tags: { 'a b': 'c d', usage: '', x: '' } },
  },
  { line: `key create ${ON} c20 --kty EC-HSM --tags`, shape: 'key', values: { tags: null } },
  { line: `key create ${ON} c21 --kty EC-HSM --tags a=b=c`, shape: 'key', values: { tags: { a: 'b=c' } } },
  {
    line: `key create ${ON} c22 --exportable true --policy DIR/policy.json`,
    shape: 'key',
    values: {
      attributes: { exportable: true },
      releasePolicy: {
        contentType: 'application/json; charset=utf-8',
        encodedPolicy: pythonJson(POLICY),
        immutable: false,
      },
    },
  },
  {
    line: `key create ${ON} c23 --exportable --policy '${POLICY}' --immutable true`,
    shape: 'key',
    values: { releasePolicy: { immutable: true } },
  },
  {
    line: `key create ${ON} c24 --exportable true --default-cvm-policy`,
    shape: 'key',
    values: {
      attributes: { exportable: true },
      releasePolicy: {
        encodedPolicy: expect.stringMatching(/^\{"version": "1\.0\.0", "anyOf": \[\{"authority": /),
      },
    },
  },
  {
    line: `key create ${ON} c25 --kty EC-HSM --exportable false`,
    shape: 'key',
    values: { attributes: { exportable: false } },
  },
  { line: `key create --id ${HSM}/keys/c26 --kty EC-HSM`, shape: 'key' },
  { line: `key create --id ${HSM}/keys/c27/ --kty EC-HSM`, shape: 'key' },
  { line: `key create --id HTTPS://CONTOSOHSM.MANAGEDHSM.AZURE.NET/keys/c28 --kty EC-HSM`, shape: 'key' },
  { line: `key create --id ${HSM}/deletedKeys/c29 --kty EC-HSM`, shape: 'key' },
  { line: `key create ${ON} c30 --kty EC-HSM --subscription s --only-show-errors --verbose`, shape: 'key' },
  {
    line: `key create ${ON} c31 --kty okp-hsm --curve ed25519`,
    shape: 'key',
    values: { key: { kty: 'OKP-HSM', crv: 'Ed25519', keyOps: ['sign', 'verify'], y: null } },
  },
  {
    line: `key import ${ON} i1 --pem-file DIR/plain.pem`,
    shape: 'key',
    values: { key: { kty: 'RSA-HSM', keyOps: RSA_OPS, d: null } },
  },
  { line: `key import ${ON} i2 --pem-file DIR/locked.pem --pem-password mypassword`, shape: 'key' },
  {
    line: `key import ${ON} i3 --pem-file DIR/ec.pem --ops sign`,
    shape: 'key',
    values: { key: { kty: 'EC-HSM', crv: 'P-384', keyOps: ['sign'] } },
  },
  { line: `key import ${ON} i4 --pem-file DIR/plain.pem --protection hsm --kty RSA`, shape: 'key' },
  {
    line: `key import ${ON} i5 --pem-file DIR/plain.pem --tags a=b --disabled true --expires 2030-01-01T00:00:00Z`,
    shape: 'key',
    values: { tags: { a: 'b' }, attributes: { enabled: false } },
  },
  {
    line: `key import ${ON} i6 --pem-file DIR/plain.pem --exportable true --policy DIR/policy.json`,
    shape: 'key',
    values: { attributes: { exportable: true } },
  },
  { line: `key import --id ${HSM}/keys/i7 --pem-file DIR/plain.pem`, shape: 'key' },
];

describe('az commands that make keys', () => {
  itAnswers(CREATED, () => world);
});
