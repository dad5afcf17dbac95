// A builder of key records for tests that do not care about the material.
import type { KeyRecord, KeyVersion } from '../../../src/emulator/state/model.ts';

/** A version of an oct key. */
function keyVersion(parts: Partial<KeyVersion> = {}): KeyVersion {
  return {
    id: '0123456789abcdef0123456789abcdef',
    created: 1_700_000_000,
    updated: 1_700_000_000,
    enabled: true,
    exportable: false,
    keyOps: ['encrypt', 'decrypt'],
    material: { kty: 'oct', k: 'AAECAwQFBgcICQoLDA0ODw' },
    ...parts,
  };
}

/** An active key with one version. */
export function keyRecord(parts: Partial<KeyRecord> = {}): KeyRecord {
  return { name: 'k', order: 1, versions: [keyVersion()], ...parts };
}
