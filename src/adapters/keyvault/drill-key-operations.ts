/**
 * What a drill does with the copies in a drill HSM beyond what every app may do with keys: uses, deletes and purges them. Only the
 * drill app is composed with this; a rule of the boundaries checks it.
 */
import { z } from 'zod';
import { isWardenError } from '../../core/errors.ts';
import type { KeyDetail } from '../../core/model/key.ts';
import type { DrillHsm, Sealed } from '../../features/drill/ports.ts';
import { HsmRest, type HsmRestCall, type HsmRestOptions } from '../http/hsm-rest.ts';
import { KeyVaultKeyService, type KeyVaultKeyServiceOptions } from './key-vault-key-service.ts';
import { read } from './wire-key.ts';

/** https://learn.microsoft.com/rest/api/keyvault/keys/sign; bytes in base64url. */
const Result = z.object({ value: z.string() });
const Anything = z.unknown();

/** A {@link DrillHsm}; each call is one attempt. */
export class RestDrillHsm implements DrillHsm {
  readonly name: string;
  readonly keys: KeyVaultKeyService;
  readonly #rest: HsmRest;

  constructor(options: Omit<HsmRestOptions, 'attempts'> & KeyVaultKeyServiceOptions) {
    this.name = options.hsm;
    this.keys = new KeyVaultKeyService(options);
    this.#rest = new HsmRest({ ...options, attempts: 1 });
  }

  async sign(
    key: Pick<KeyDetail, 'name' | 'version'>,
    algorithm: string,
    digest: string,
    signal?: AbortSignal,
  ): Promise<string> {
    const body = { alg: algorithm, value: digest };
    return (await this.#use(key, 'sign', body, signal)).value;
  }

  async open(
    key: Pick<KeyDetail, 'name' | 'version'>,
    { operation, algorithm, value, iv, tag, aad }: Sealed,
    signal?: AbortSignal,
  ): Promise<string> {
    const body = { alg: algorithm, value, iv, tag, aad };
    return (await this.#use(key, operation.toLowerCase(), body, signal)).value;
  }

  deleteKey(name: string, signal?: AbortSignal): Promise<void> {
    return this.#remove({ what: 'delete', key: name, method: 'DELETE', path: `/keys/${name}`, signal });
  }

  purgeKey(name: string, signal?: AbortSignal): Promise<void> {
    return this.#remove({ what: 'purge', key: name, method: 'DELETE', path: `/deletedkeys/${name}`, signal });
  }

  #use(
    { name, version }: Pick<KeyDetail, 'name' | 'version'>,
    operation: string,
    body: object,
    signal: AbortSignal | undefined,
  ): Promise<z.output<typeof Result>> {
    const path = `/keys/${name}/${version}/${operation}`;
    const call = { what: `${operation} with`, key: name, method: 'POST', path, body, signal } as const;
    return this.#rest.call(call, (answer) => read(Result, answer, this.name, `a call about key ${name}`));
  }

  async #remove(call: HsmRestCall): Promise<void> {
    try {
      await this.#rest.call(call, (answer) => Anything.parse(answer));
    } catch (error) {
      if (!isWardenError(error, 'key-not-found')) throw error;
    }
  }
}
