import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { CliWorld } from '../support/cli-world.ts';
import { HSM, itAnswers, ON, POLICY, pythonJson, type Row, startAzWorld } from './support/az-world.ts';

let world: CliWorld;
beforeAll(async () => {
  world = await startAzWorld();
});
afterAll(() => world?.close());

const EC_OPS = ['sign', 'verify', 'deriveKey'];
const CHANGED: readonly Row[] = [
  {
    line: `key set-attributes ${ON} to-change --enabled false --tags a=b --expires 2031-01-01T00:00:00Z`,
    shape: 'key',
    values: { attributes: { enabled: false, expires: '2031-01-01T00:00:00+00:00' }, tags: { a: 'b' } },
  },
  {
    line: `key set-attributes --id ${HSM}/keys/to-change --enabled true --ops sign`,
    shape: 'key',
    values: {
      attributes: { enabled: true, expires: '2031-01-01T00:00:00+00:00' },
      key: { keyOps: ['sign'] },
      tags: { a: 'b' },
    },
  },
  {
    line: `key set-attributes ${ON} to-change --enabled`,
    shape: 'key',
    values: { attributes: { enabled: true } },
  },
  {
    line: `key set-attributes ${ON} to-change --not-before 2020-01-01`,
    shape: 'key',
    values: { attributes: { notBefore: '2020-01-01T00:00:00+00:00' } },
  },
  {
    line: `key set-attributes ${ON} exportable --policy DIR/policy.json`,
    shape: 'key',
    values: { releasePolicy: { encodedPolicy: pythonJson(POLICY) } },
  },
  {
    line: `key rotation-policy update ${ON} to-change --value '{"lifetimeActions":[],"attributes":{"expiryTime":"P90D"}}'`,
    shape: 'policy',
    values: { expiresIn: 'P90D', lifetimeActions: [] },
  },
  { line: `key rotate ${ON} to-change`, shape: 'key', values: { attributes: { enabled: true } } },
  { line: `key rotate --id ${HSM}/keys/to-change`, shape: 'key' },
  {
    line: `key rotation-policy update ${ON} rsa --value '{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P60D"},"action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P2Y"}}'`,
    shape: 'policy',
    values: {
      expiresIn: 'P2Y',
      id: 'keys/rsa/rotationpolicy',
      lifetimeActions: [{ action: 'Rotate', timeAfterCreate: 'P60D', timeBeforeExpiry: null }],
    },
  },
  {
    line: `key rotation-policy update --id ${HSM}/keys/rsa --value '{"lifetime_actions":[{"time_before_expiry":"P30D","action":"Rotate"}],"expires_in":"P1Y"}'`,
    shape: 'policy',
    values: {
      expiresIn: 'P1Y',
      lifetimeActions: [{ action: 'Rotate', timeAfterCreate: null, timeBeforeExpiry: 'P30D' }],
    },
  },
  {
    line: `key rotation-policy show ${ON} rsa`,
    shape: 'policy',
    values: { expiresIn: 'P1Y', id: 'keys/rsa/rotationpolicy' },
  },
  {
    line: `key delete ${ON} to-delete`,
    shape: 'deleted',
    values: { recoveryId: expect.stringContaining('/deletedkeys/to-delete'), tags: { a: '1' } },
  },
  { line: `key delete --id ${HSM}/keys/to-delete-by-id`, shape: 'deleted' },
  { line: `key recover ${ON} to-recover`, shape: 'bundle', values: { key: { keyOps: EC_OPS } } },
  { line: `key recover --id ${HSM}/deletedkeys/to-recover-by-id`, shape: 'bundle' },
  { line: `key purge ${ON} to-delete`, shape: 'nothing', stdin: 'to-delete\n' },
  { line: `key purge --id ${HSM}/deletedkeys/to-delete-by-id --confirm to-delete-by-id`, shape: 'nothing' },
  { line: `key backup ${ON} ec --file DIR/ec.backup`, shape: 'nothing' },
  { line: `key backup --id ${HSM}/keys/to-recover -f DIR/r.backup`, shape: 'nothing' },
  { line: `key download ${ON} rsa -f DIR/rsa.pub.pem`, shape: 'nothing' },
  { line: `key download ${ON} rsa -f DIR/rsa.pub.der -e der`, shape: 'nothing' },
  { line: `key download --id ${HSM}/keys/ec --file DIR/ec.pub.pem --encoding PEM`, shape: 'nothing' },
  { line: `key get-attestation ${ON} rsa -f DIR/attestation.json`, shape: 'nothing' },
];

describe('az commands that change', () => {
  itAnswers(CHANGED, () => world);
});
