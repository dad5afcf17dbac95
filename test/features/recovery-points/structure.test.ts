import { describe, expect, it } from 'vitest';
import { checkBackupStructure, structureFault } from '../../../src/features/recovery-points/structure.ts';

const HEADER = { alg: 'dir', enc: 'A256CBC-HS512', kid: 'backup-protection-key' };

/** A backup with the structure that Managed HSM writes; parts can be replaced. */
function backup(
  change: { header?: object | string; key?: string; iv?: number; bytes?: number; tag?: number } = {},
): Uint8Array {
  const header = change.header ?? HEADER;
  const parts = [
    typeof header === 'string' ? header : Buffer.from(JSON.stringify(header)).toString('base64url'),
    change.key ?? '',
    Buffer.alloc(change.iv ?? 16).toString('base64url'),
    Buffer.alloc(change.bytes ?? 160).toString('base64url'),
    Buffer.alloc(change.tag ?? 32).toString('base64url'),
  ];
  return Buffer.from(parts.join('.'), 'latin1');
}

describe('the structure of a key backup', () => {
  it('is right for a whole compact JWE with the header of the service', () => {
    expect(structureFault(backup())).toBeUndefined();
  });

  it.each([
    ['no bytes', new Uint8Array(), 'expected 5 parts'],
    ['one part too few', backup().subarray(0, 60), 'expected 5 parts'],
    ['another key management', backup({ header: { ...HEADER, alg: 'RSA-OAEP' } }), 'alg is not dir'],
    [
      'another content encryption',
      backup({ header: { ...HEADER, enc: 'A256GCM' } }),
      'enc is not A256CBC-HS512',
    ],
    [
      'another protection key',
      backup({ header: { ...HEADER, kid: 'mine' } }),
      'kid is not backup-protection-key',
    ],
    ['a header that is no JSON', backup({ header: 'AAAA' }), 'not JSON'],
    [
      'a header that is no object',
      backup({ header: Buffer.from('null').toString('base64url') }),
      'not a JSON object',
    ],
    ['an encrypted key', backup({ key: 'AAAA' }), 'expected no encrypted key'],
    ['an initialisation vector of 15 bytes', backup({ iv: 15 }), 'initialisation vector'],
    ['a tag of 31 bytes', backup({ tag: 31 }), 'the tag'],
    ['no ciphertext', backup({ bytes: 0 }), 'ciphertext'],
    ['a ciphertext one byte short of a block', backup({ bytes: 159 }), 'whole cipher blocks'],
    ['a tail cut off', backup().subarray(0, backup().length - 1), 'the tag'],
  ])('is refused with %s', (_case, bytes, reason) => {
    expect(structureFault(bytes)).toContain(reason);
  });

  it('names the key and the HSM in the error', () => {
    expect(() => checkBackupStructure(new Uint8Array(), 'orders', 'contoso')).toThrow(
      /orders on HSM contoso/,
    );
  });
});
