// Helpers for tests against a running emulator: raw requests and real clients.
import { Agent, request as httpsRequest } from 'node:https';
import { KeyClient } from '@azure/keyvault-keys';
import type { Emulator } from '../../../src/emulator/start-emulator.ts';

export const API = 'api-version=7.5';

/** What came back. `json` is the parsed body, or undefined when it was not JSON. */
export type RawAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
};

/** Connections are kept: a handshake costs more than most requests. */
const agent = new Agent({ keepAlive: true });

type RawRequest = { readonly token?: string | null; readonly body?: unknown };

/** One request over TLS, with the administrator's token unless said otherwise (`null`: none). */
export function raw(
  emulator: Pick<Emulator, 'url' | 'caPem' | 'token'>,
  method: string,
  path: string,
  { token = emulator.token, body }: RawRequest = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(emulator.url);
  const data = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    'content-length': Buffer.byteLength(data),
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({ hostname, port, method, path, headers, ca: emulator.caPem, agent }, (res) => {
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('error', reject);
      res.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text, json: parsed(text) });
      });
    });
    sent.on('error', reject).end(data);
  });
}

/** The Azure SDK's client, pointed at the emulator. */
export function keyClient(emulator: Pick<Emulator, 'url' | 'caPem'>, token: string): KeyClient {
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return new KeyClient(emulator.url, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: emulator.caPem },
    retryOptions: { maxRetries: 0 },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
