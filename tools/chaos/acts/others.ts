/** The other users of the HSMs: they create, rotate, delete, recover, purge and restore keys, and ask nobody. */
import type { Emulator } from '../../../src/emulator/start-emulator.ts';
import type { OperationName } from '../plan/timeline.ts';
import { createUpstream } from '../proxy/exchange.ts';

/** What the other users do. */
export type OthersOperation = Extract<
  OperationName,
  'create' | 'rotate' | 'disable' | 'delete' | 'recover' | 'purge' | 'restore'
>;

const VERSION = 'api-version=7.5';
/** So many keys an HSM has at most, so that a sweep stays short. */
const MOST_KEYS = 40;
/** Keys whose names begin so are left to the moments that made them. */
const OF_MOMENTS = 'moment-';
/** The keys that are rotated at once. */
const SOME = 8;
const EC = { kty: 'EC-HSM', crv: 'P-256' };

/** Hands that change keys; a change that the HSM refuses is no failure of theirs. */
export class Others {
  readonly #hsms: readonly Emulator[];
  readonly #send: ReturnType<typeof createUpstream>;
  /** A backup that somebody keeps, by HSM and key. */
  readonly #kept = new Map<string, string>();
  #created = 0;

  constructor(hsms: readonly Emulator[], caPem: string) {
    this.#hsms = hsms;
    this.#send = createUpstream(caPem, false);
  }

  /** Does one operation; `chance` chooses HSM and key. Resolves with whether the HSM did it. */
  async do(name: OthersOperation, chance: number): Promise<boolean> {
    const [hsm, rest] = part(chance, this.#hsms);
    if (hsm === undefined) return false;
    switch (name) {
      case 'create':
        return this.#create(hsm);
      case 'rotate':
        return this.#onKey(hsm, this.#active(hsm), rest, 'POST', 'rotate', {});
      case 'disable':
        return this.#onKey(hsm, this.#active(hsm), rest, 'PATCH', '', {
          attributes: { enabled: rest < 0.5 },
        });
      case 'delete':
        return this.#delete(hsm, rest);
      case 'recover':
        return this.#onDeleted(hsm, rest, 'POST', '/recover');
      case 'purge':
        return this.#onDeleted(hsm, rest, 'DELETE', '');
      case 'restore':
        return this.#restore(hsm, rest);
    }
  }

  /** The names of the HSMs. */
  get names(): readonly string[] {
    return this.#hsms.map(({ name }) => name);
  }

  /** A deleted key of the first HSM that nobody else cares for; undefined when the HSM refused. */
  async deletedKeyForMoment(): Promise<{ readonly hsm: string; readonly key: string } | undefined> {
    const [hsm] = this.#hsms;
    if (hsm === undefined) return undefined;
    this.#created += 1;
    const key = `${OF_MOMENTS}${this.#created}`;
    if ((await this.#call(hsm, 'POST', `/keys/${key}/create`, EC)) === undefined) return undefined;
    return (await this.deleteKey(hsm.name, key)) ? { hsm: hsm.name, key } : undefined;
  }

  /** Deletes that key. Resolves with whether the HSM did it. */
  async deleteKey(name: string, key: string): Promise<boolean> {
    const hsm = this.#hsms.find((one) => one.name === name);
    return hsm !== undefined && (await this.#call(hsm, 'DELETE', `/keys/${key}`, undefined)) !== undefined;
  }

  /** Rotates so many keys of each HSM that a night has something to do. */
  async rotateSome(chance: number): Promise<void> {
    for (const hsm of this.#hsms) {
      const keys = this.#active(hsm);
      const first = Math.floor(chance * keys.length);
      for (const key of [...keys.slice(first), ...keys].slice(0, SOME)) {
        await this.#call(hsm, 'POST', `/keys/${key}/rotate`, {});
      }
    }
  }

  /** A new key, and a new version of another, on each HSM: those keys by HSM. */
  async changeTwo(chance: number): Promise<readonly { readonly hsm: string; readonly key: string }[]> {
    const changed: { readonly hsm: string; readonly key: string }[] = [];
    for (const hsm of this.#hsms) {
      const [old] = part(chance, this.#active(hsm));
      this.#created += 1;
      const fresh = `made-${this.#created}`;
      const made = await this.#call(hsm, 'POST', `/keys/${fresh}/create`, EC);
      if (made !== undefined) changed.push({ hsm: hsm.name, key: fresh });
      if (old === undefined) continue;
      const rotated = await this.#call(hsm, 'POST', `/keys/${old}/rotate`, {});
      if (rotated !== undefined) changed.push({ hsm: hsm.name, key: old });
    }
    return changed;
  }

  async #create(hsm: Emulator): Promise<boolean> {
    if (hsm.state.activeKeys >= MOST_KEYS) return false;
    this.#created += 1;
    const name = `made-${this.#created}`;
    return (await this.#call(hsm, 'POST', `/keys/${name}/create`, EC)) !== undefined;
  }

  async #delete(hsm: Emulator, chance: number): Promise<boolean> {
    const [key] = part(chance, this.#active(hsm));
    if (key === undefined) return false;
    const backup = await this.#call(hsm, 'POST', `/keys/${key}/backup`, undefined);
    if (backup !== undefined) this.#kept.set(`${hsm.name}/${key}`, backup);
    return (await this.#call(hsm, 'DELETE', `/keys/${key}`, undefined)) !== undefined;
  }

  async #restore(hsm: Emulator, chance: number): Promise<boolean> {
    const [kept] = part(chance, [...this.#kept.values()]);
    return (
      kept !== undefined && (await this.#call(hsm, 'POST', '/keys/restore', JSON.parse(kept))) !== undefined
    );
  }

  async #onKey(
    hsm: Emulator,
    keys: readonly string[],
    chance: number,
    method: string,
    action: string,
    body: object,
  ): Promise<boolean> {
    const [key] = part(chance, keys);
    if (key === undefined) return false;
    const path = ['/keys', key, action].filter((step) => step !== '').join('/');
    return (await this.#call(hsm, method, path, body)) !== undefined;
  }

  async #onDeleted(hsm: Emulator, chance: number, method: string, action: string): Promise<boolean> {
    const [key] = part(chance, namesOf(hsm, true));
    return (
      key !== undefined &&
      (await this.#call(hsm, method, `/deletedkeys/${key}${action}`, undefined)) !== undefined
    );
  }

  #active(hsm: Emulator): readonly string[] {
    return namesOf(hsm, false);
  }

  async #call(
    hsm: Emulator,
    method: string,
    path: string,
    body: object | undefined,
  ): Promise<string | undefined> {
    const url = new URL(hsm.url);
    const asked = {
      method,
      path: `${path}?${VERSION}`,
      headers: { authorization: `Bearer ${hsm.token}`, host: url.host, 'content-type': 'application/json' },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    };
    try {
      const answer = await this.#send(url, asked);
      return answer.status < 300 ? answer.body.toString('utf8') : undefined;
    } catch {
      // On a machine with too much to do an answer may not come. Whether it was done is seen by whoever reads the HSM.
      return undefined;
    }
  }
}

/** Keys of an HSM by name, active or soft-deleted ones, of which anybody takes any. */
export function namesOf({ state }: Pick<Emulator, 'state'>, deleted: boolean): readonly string[] {
  return [...state.keys.values()]
    .filter(({ name, deletion }) => (deletion !== undefined) === deleted && !name.startsWith(OF_MOMENTS))
    .map(({ name }) => name)
    .sort();
}

/** The choice that `chance` falls on, and what of it is left for the next choice. */
export function part<T>(chance: number, choices: readonly T[]): [choice: T | undefined, rest: number] {
  const place = chance * choices.length;
  return [choices[Math.floor(place)], place % 1];
}
