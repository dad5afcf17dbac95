/** TLS settings of every SDK client, for services whose certificate comes from an authority of one's own. */
import { X509Certificate } from 'node:crypto';
import { lookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate } from 'node:tls';
import { WardenError } from '../../core/errors.ts';
import { keepLoopbackDirect } from './no-proxy.ts';

/** One certificate, wherever it stands in its line: files joined without a line end between them are common. */
const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g;

/** Reads a PEM file of certificate authorities: its certificates, one after the other. Fails with `settings-invalid`. */
export function readCaFile(path: string): string {
  const certificates = readText(path).match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw new WardenError('settings-invalid', { message: `The CA file ${path} holds no PEM certificate.` });
  }
  for (const [index, certificate] of certificates.entries()) {
    if (isCertificate(certificate)) continue;
    throw new WardenError('settings-invalid', {
      message: `Certificate ${index + 1} of ${certificates.length} in the CA file ${path} cannot be read.`,
    });
  }
  return `${certificates.join('\n')}\n`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw new WardenError('settings-invalid', {
      message: `The CA file ${path} cannot be read.`,
      cause: error,
    });
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/**
 * The part of an SDK client's options that makes it trust the authorities in `caPem` and no others; empty, for the usual
 * ones, without it. Storage clients take it too: they hand their options on to the same pipeline, though their types do
 * not say so; the adapters' tests against a TLS server prove it.
 */
export function tlsPipelineOptions(caPem: string | undefined): { tlsOptions?: TlsOptions } {
  // Here, because every client passes by: the SDKs read the proxies of the environment when the first is made.
  keepLoopbackDirect();
  return caPem === undefined ? {} : { tlsOptions: tlsOptionsFor(caPem) };
}

/** What the clients hand on to Node's agent. */
type TlsOptions = { readonly ca: string } & Pick<ConnectionOptions, 'lookup' | 'checkServerIdentity'>;

/**
 * TLS with an authority of one's own, also to an IPv6 literal: the clients hand it on with the brackets that it has in a URL,
 * and Node would look that up as a name (https://github.com/Azure/azure-sdk-for-js/issues/10821).
 */
export function tlsOptionsFor(caPem: string): TlsOptions {
  return {
    ca: caPem,
    lookup: (host, options, callback) => lookup(withoutBrackets(host), options, callback),
    checkServerIdentity: (host, certificate) => identityFault(withoutBrackets(host), certificate),
  };
}

/** As Node does it; but Node writes an IPv6 address of a certificate otherwise than it reads one, and then finds it nowhere. */
function identityFault(host: string, certificate: PeerCertificate): Error | undefined {
  if (isIPv6(host) && new X509Certificate(certificate.raw).checkIP(host) !== undefined) return undefined;
  return checkServerIdentity(host, certificate);
}

function withoutBrackets(host: string): string {
  return host.replaceAll(/^\[|\]$/g, '');
}
