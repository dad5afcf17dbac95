/** The checker's own way to the services: one request on a connection of its own; what only reads is repeated when the connection breaks. */
import { request } from 'node:https';

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const LIMIT_MS = 60_000;
/** A service with much to do closes connections. */
const TRIES = 3;

/** What a request is made with. */
interface Asked {
  readonly token: string;
  readonly caPem: string;
  readonly body?: string;
}

/** Sends a request over TLS. Rejects when there is no answer. */
export async function call(method: string, url: string, asked: Asked): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send(method, url, asked);
    } catch (error) {
      if (method !== 'GET' || tries === TRIES) throw error;
    }
  }
}

function send(method: string, url: string, { token, caPem, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'x-ms-version': '2021-12-02',
      'content-length': String(Buffer.byteLength(body ?? '')),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const sent = request(url, { method, headers, ca: caPem, timeout: LIMIT_MS, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error(`${url} did not answer`)));
    sent.end(body ?? '');
  });
}

/** As {@link call}, for an answer that must be good. */
export async function good(...args: Parameters<typeof call>): Promise<Answer> {
  const answer = await call(...args);
  if (answer.status < 300) return answer;
  throw new Error(
    `${args[0]} ${args[1]} answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 300)}`,
  );
}
