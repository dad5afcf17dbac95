/** Names the cipher of an encrypted private key, where it is one that OpenSSL 3 reads no more. */

/** Object identifiers as DER writes them, in hex: RFC 8018 appendix A and C, RFC 7292 appendix C. */
const OUTDATED: readonly (readonly [der: string, name: string])[] = [
  ['06052b0e030207', 'DES-CBC'],
  ['06082a864886f70d0302', 'RC2-CBC'],
  ['06092a864886f70d010501', 'PBE with MD2 and DES'],
  ['06092a864886f70d010503', 'PBE with MD5 and DES'],
  ['06092a864886f70d010504', 'PBE with MD2 and RC2'],
  ['06092a864886f70d010506', 'PBE with MD5 and RC2'],
  ['06092a864886f70d01050a', 'PBE with SHA-1 and DES'],
  ['06092a864886f70d01050b', 'PBE with SHA-1 and RC2'],
  ['060a2a864886f70d010c0101', 'PBE with SHA-1 and RC4 (128 bits)'],
  ['060a2a864886f70d010c0102', 'PBE with SHA-1 and RC4 (40 bits)'],
  ['060a2a864886f70d010c0105', 'PBE with SHA-1 and RC2 (128 bits)'],
  ['060a2a864886f70d010c0106', 'PBE with SHA-1 and RC2 (40 bits)'],
];

/** The name of the outdated cipher of `pem`; undefined for any other. */
export function outdatedCipher(pem: string): string | undefined {
  const [, header] = /^DEK-Info: ([A-Z0-9-]+),/m.exec(pem) ?? [];
  if (header !== undefined) return /^(DES-CBC|RC2|IDEA|BF|CAST5|SEED)/.test(header) ? header : undefined;
  const body = pem.replaceAll(/-----[^-]+-----|\s/g, '');
  const der = Buffer.from(body, 'base64').toString('hex');
  return OUTDATED.find(([identifier]) => der.slice(0, 400).includes(identifier))?.[1];
}
