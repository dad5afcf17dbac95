// Makes the certificates of the emulator: an authority of its own and the server's leaf.
// The certificate library needs the metadata polyfill before it.
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const AUTHORITY_DAYS = 3650;
// Longest lifetime that clients take without question for a server certificate.
const LEAF_DAYS = 397;
const MILLISECONDS_A_DAY = 86_400_000;

x509.cryptoProvider.set(webcrypto);

/** A certificate and its PKCS8 key, both PEM. */
export type CertificatePair = { readonly certificate: string; readonly key: string };

/** Makes a self-signed authority, valid from a day before `now` (epoch milliseconds of the machine). */
export async function createAuthority(now: number): Promise<CertificatePair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=HSM Warden emulator CA',
    notBefore: new Date(now - MILLISECONDS_A_DAY),
    notAfter: new Date(now + AUTHORITY_DAYS * MILLISECONDS_A_DAY),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await privatePem(keys.privateKey) };
}

/** Makes a server certificate for this machine and for `{name}.managedhsm.localhost`. */
export async function createLeaf(
  authority: CertificatePair,
  name: string,
  now: number,
): Promise<CertificatePair> {
  const ca = new x509.X509Certificate(authority.certificate);
  const der = x509.PemConverter.decodeFirst(authority.key);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${name}.managedhsm.localhost`,
    issuer: ca.subject,
    notBefore: new Date(now - MILLISECONDS_A_DAY),
    notAfter: new Date(now + LEAF_DAYS * MILLISECONDS_A_DAY),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: `${name}.managedhsm.localhost` },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(ca),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await privatePem(keys.privateKey) };
}

/** A self-signed certificate (PEM) of an RSA key (PKCS8 PEM), for signatures that carry their certificate. */
export async function selfSigned(keyPem: string, now: number): Promise<string> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
  const der = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(keyPem).export({ type: 'spki', format: 'der' });
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=HSM Warden emulator key release',
    notBefore: new Date(now - MILLISECONDS_A_DAY),
    notAfter: new Date(now + LEAF_DAYS * MILLISECONDS_A_DAY),
    signingAlgorithm: algorithm,
    keys: {
      privateKey: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']),
      publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
    },
  });
  return certificate.toString('pem');
}

/** A key for the token issuer, PKCS8 PEM. */
export async function createIssuerKey(): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  return privatePem(keys.privateKey);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function serial(): string {
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  // Positive and without a leading zero byte, as DER wants it.
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('hex');
}
