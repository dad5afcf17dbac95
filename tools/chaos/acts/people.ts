/** The people: Alice asks for keys, Bob and Carol approve or reject, through the recovery app and its bad weather. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Emulator } from '../../../src/emulator/start-emulator.ts';
import type { Issuer } from '../../../src/local/issuer/issuer.ts';
import { namesOf, part } from './others.ts';

const LIMIT_MS = 30_000;
const TRIES = 6;
/** People who insist give up after this. It ends before the campaign calls what it has begun hung. */
const PATIENCE_MS = 4 * 60_000;
const BETWEEN_TRIES_MS = 400;
type Headers = Readonly<Record<string, string>>;
const Opened = z.object({ id: z.string(), digest: z.string() });
const Page = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      digest: z.string(),
      approvals: z.array(z.object({ by: z.object({ id: z.string() }) })),
    }),
  ),
});

/** What people need. */
export interface PeopleOptions {
  readonly issuer: Issuer;
  /** Where the recovery app is reached. */
  readonly origin: string;
  readonly hsms: readonly Emulator[];
}

/** People at work. */
export class People {
  readonly #options: PeopleOptions;
  /** Keys that were active once, as `hsm/key`: one that is gone can be asked for. */
  readonly #known = new Set<string>();
  #asked = 0;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** Alice asks for a key that is deleted or gone, sometimes for a place on the other HSM, sometimes for nonsense. */
  async ask(chance: number): Promise<boolean> {
    const { hsms } = this.#options;
    for (const hsm of hsms) for (const key of namesOf(hsm, false)) this.#known.add(`${hsm.name}/${key}`);
    const missing = hsms.flatMap((hsm) => {
      const active = new Set(namesOf(hsm, false).map((key) => `${hsm.name}/${key}`));
      return [...namesOf(hsm, true).map((key) => `${hsm.name}/${key}`), ...this.#known].filter(
        (name) => name.startsWith(`${hsm.name}/`) && !active.has(name),
      );
    });
    const [name, rest] = part(chance, [...new Set(missing)].sort());
    const [hsm, key] = name?.split('/') ?? [];
    if (hsm === undefined || key === undefined) return false;
    const other = hsms.find((one) => one.name !== hsm)?.name;
    const elsewhere = rest < 0.15 && other !== undefined ? { target: other, action: 'restore' } : {};
    return (
      (await this.#send('alice', 'POST', 'recoveries', { hsm, key, reason: 'lost', ...elsewhere })) !==
      undefined
    );
  }

  /** Alice asks for the key, Bob and Carol approve, all until they have an answer or no patience. Resolves with whether it was asked for. */
  async haveBroughtBack(hsm: string, key: string): Promise<boolean> {
    this.#asked += 1;
    const request = { 'idempotency-key': `patient-request-${this.#asked}` };
    const until = performance.now() + PATIENCE_MS;
    const opened = await this.#insist('alice', 'recoveries', { hsm, key, reason: 'lost' }, request, until);
    if (opened === undefined) return false;
    const { id, digest } = opened;
    for (const person of ['bob', 'carol']) {
      await this.#insist(person, `recoveries/${id}/approvals`, { digest }, {}, until);
    }
    return true;
  }

  /** Somebody approves an open request: mostly Bob or Carol, now and then Alice, who may not. */
  async approve(chance: number): Promise<boolean> {
    const [request, rest] = await this.#open(chance);
    if (request === undefined) return false;
    const person = rest < 0.48 ? 'bob' : rest < 0.96 ? 'carol' : 'alice';
    const { id, digest } = request;
    return (await this.#send(person, 'POST', `recoveries/${id}/approvals`, { digest })) !== undefined;
  }

  /** Bob rejects an open request. */
  async reject(chance: number): Promise<boolean> {
    const [request] = await this.#open(chance);
    if (request === undefined) return false;
    const body = { reason: 'not needed any more' };
    return (await this.#send('bob', 'POST', `recoveries/${request.id}/rejection`, body)) !== undefined;
  }

  /** Sends until there is an answer that can be read, or the time `until` has come. */
  async #insist(
    person: string,
    path: string,
    body: object,
    headers: Headers,
    until: number,
  ): Promise<z.infer<typeof Opened> | undefined> {
    while (performance.now() < until) {
      const answer = await this.#sendOnce(person, 'POST', path, body, headers);
      const opened = answer?.ok === true ? Opened.safeParse(parsed(answer.text)) : undefined;
      if (opened?.success === true) return opened.data;
      // The request is as it is: no repeat changes that.
      if (answer?.status === 409) return undefined;
      await wait(BETWEEN_TRIES_MS);
    }
    return undefined;
  }

  async #open(chance: number) {
    const text = await this.#send('bob', 'GET', 'recoveries?state=requested&limit=100', undefined);
    const page = text === undefined ? undefined : Page.safeParse(parsed(text));
    return part(chance, page?.success === true ? page.data.items : []);
  }

  /** People try again when they have no answer. What was done meanwhile is refused the second time. */
  async #send(
    person: string,
    method: string,
    path: string,
    body: object | undefined,
  ): Promise<string | undefined> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const answer = await this.#sendOnce(person, method, path, body, {});
      if (answer?.ok === true) return answer.text;
    }
    return undefined;
  }

  async #sendOnce(
    person: string,
    method: string,
    path: string,
    body: object | undefined,
    headers: Headers,
  ): Promise<{ readonly ok: boolean; readonly status: number; readonly text: string } | undefined> {
    const { issuer, origin } = this.#options;
    try {
      const answer = await fetch(`${origin}/api/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await issuer.token(person)}`,
          'content-type': 'application/json',
          ...headers,
        },
        signal: AbortSignal.timeout(LIMIT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { ok: answer.ok, status: answer.status, text: await answer.text() };
    } catch {
      // The weather: whoever asked does not know what became of it.
      return undefined;
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
