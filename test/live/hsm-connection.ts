// A connection to a Managed HSM, real or emulated, for the checks: plain requests, nothing between them and the wire.
import { Agent, request } from 'node:https';

/** What came back. `json` is the parsed body, or undefined when it was not JSON. */
export type WireResult = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
};

export type HsmConnection = {
  send(method: string, path: string, body?: object, options?: { anonymous?: boolean }): Promise<WireResult>;
  close(): Promise<void>;
};

const API_VERSION = '7.5';

/** Connects to `url`; `token` is asked for with every request, `ca` is needed for an authority of one's own. */
export function connectHsm({
  url,
  token,
  ca,
}: {
  url: string;
  token: () => Promise<string>;
  ca?: string;
}): HsmConnection {
  const agent = new Agent({ keepAlive: true, ...(ca !== undefined && { ca }) });
  return {
    async send(method, path, body, { anonymous = false } = {}) {
      const data = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        'content-length': Buffer.byteLength(data),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(!anonymous && { authorization: `Bearer ${await token()}` }),
      };
      return new Promise((resolve, reject) => {
        const target = new URL(`${path}?api-version=${API_VERSION}`, url);
        const sent = request(target, { method, headers, agent }, (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(parts).toString();
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: parsed(text) });
          });
        });
        sent.on('error', reject).end(data);
      });
    },
    async close() {
      agent.destroy();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
