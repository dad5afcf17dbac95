/** The HTTP client under every SDK: Node's own with keep-alive, trusting a certificate authority of one's own when told to. */
import { readFileSync } from 'node:fs';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { WardenError } from '../../engine/errors.ts';

/** Reads a PEM file of certificate authorities. Fails with `settings-invalid`. */
export function readCaFile(path: string): string {
  try {
    const pem = readFileSync(path, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch (error) {
    throw new WardenError('settings-invalid', {
      message: `The CA file ${path} cannot be read.`,
      cause: error,
    });
  }
  throw new WardenError('settings-invalid', { message: `The CA file ${path} holds no PEM certificate.` });
}

/**
 * A client that trusts the authorities in `caPem` and no others, or the usual ones without it. TLS settings are one
 * object for the life of the client: the SDK keeps one pool of connections for each such object.
 */
export function createHttpClient(caPem?: string): HttpClient {
  const inner = createDefaultHttpClient();
  if (caPem === undefined) return inner;
  const tlsSettings = { ca: caPem };
  return {
    sendRequest(request) {
      request.tlsSettings = tlsSettings;
      return inner.sendRequest(request);
    },
  };
}
