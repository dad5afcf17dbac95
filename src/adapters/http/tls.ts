/** TLS settings of every SDK client, for services whose certificate comes from an authority of one's own. */
import { readFileSync } from 'node:fs';
import { WardenError } from '../../core/errors.ts';

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
 * The part of an SDK client's options that makes it trust the authorities in `caPem` and no others; empty, for the usual
 * ones, without it. Storage clients take it too: they hand their options on to the same pipeline, though their types do
 * not say so; the adapters' tests against a TLS server prove it.
 */
export function tlsPipelineOptions(caPem: string | undefined): { tlsOptions?: { ca: string } } {
  return caPem === undefined ? {} : { tlsOptions: { ca: caPem } };
}
