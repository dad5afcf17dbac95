// Attestation: `GET /keys/{name}/attestation`, in the recorded shape; the statements are the emulator's, not an HSM's.
import { z } from 'zod';
import type { Operation } from '../model/operation.ts';
import { keyBundle } from './key-bundle.ts';
import { activeKey, versionOf } from './key-lookup.ts';

/** Recorded; names the maker of the HSM's format. */
const VERSION = 'MRVL-1';

export const getKeyAttestation: Operation = {
  name: 'getKeyAttestation',
  method: 'GET',
  paths: ['/keys/{name}/attestation', '/keys/{name}/{version}/attestation'],
  dataAction: 'Microsoft.KeyVault/managedHsm/keys/read/action',
  scope: 'key',
  audit: 'KeyGet',
  limit: 'get',
  latency: 'getKey',
  handle(request, state, context) {
    const key = activeKey(request, state, context);
    const version = versionOf(key, request, context);
    const bundle = z.looseObject({ attributes: z.looseObject({}) }).parse(keyBundle(key, version, context));
    const statement = (part: string) =>
      Buffer.from(`emulated: no HSM attests the ${part} key ${key.name}/${version.id}`).toString('base64url');
    const attestation = {
      certificatePemFile: Buffer.from('emulated: no certificate chain').toString('base64url'),
      privateKeyAttestation: statement('private'),
      publicKeyAttestation: statement('public'),
      version: VERSION,
    };
    return { status: 200, body: { ...bundle, attributes: { ...bundle.attributes, attestation } } };
  },
};
