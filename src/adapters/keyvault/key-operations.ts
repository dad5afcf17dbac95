/** What an operator does with a key beyond its life: use it, attest it, read and write its rotation policy; and random bytes. */
import { z } from 'zod';
import { HsmRest, type HsmRestCall, type HsmRestOptions } from '../http/hsm-rest.ts';
import { read, readWireKey, type WireKey } from './wire-key.ts';

const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);

/** https://learn.microsoft.com/rest/api/keyvault/keys/get-key-rotation-policy; moments in seconds since 1970. */
const Policy = z.object({
  id: optional(z.string()),
  attributes: z.object({
    created: optional(z.number()),
    updated: optional(z.number()),
    expiryTime: optional(z.string()),
  }),
  lifetimeActions: optional(
    z.array(
      z.object({
        action: z.object({ type: z.string() }),
        trigger: z.object({
          timeAfterCreate: optional(z.string()),
          timeBeforeExpiry: optional(z.string()),
        }),
      }),
    ),
  ),
});
/** https://learn.microsoft.com/rest/api/keyvault/keys/encrypt; bytes in base64url. */
const Result = z.object({
  kid: z.string(),
  value: z.string(),
  iv: optional(z.string()),
  tag: optional(z.string()),
  aad: optional(z.string()),
});
const Verified = z.object({ value: z.boolean() });
const Random = z.object({ value: z.string() });

/** A rotation policy. */
export type RotationPolicy = z.output<typeof Policy>;

/** What a key made of a value. */
export type KeyUseResult = z.output<typeof Result>;

/** What is done with a key, and what with: the body of the request, bytes in base64url. */
export interface KeyUse {
  readonly operation: 'encrypt' | 'decrypt' | 'sign' | 'wrapkey';
  readonly body: Readonly<Record<string, string>>;
}

/** The keys of one HSM in use. Every method fails with the codes of the port KeyService, or with the reason of the signal. */
export class KeyOperations {
  readonly #rest: HsmRest;
  readonly #signal: AbortSignal;

  constructor(options: HsmRestOptions & { readonly signal: AbortSignal }) {
    this.#rest = new HsmRest(options);
    this.#signal = options.signal;
  }

  /** A key's rotation policy; one without any has an empty `id`. */
  async rotationPolicy(name: string): Promise<RotationPolicy> {
    const path = `/keys/${name}/rotationpolicy`;
    return this.#read(Policy, { what: 'read the rotation policy of', key: name, method: 'GET', path });
  }

  /** Replaces a key's rotation policy, and returns the new one. */
  async setRotationPolicy(name: string, body: object): Promise<RotationPolicy> {
    const path = `/keys/${name}/rotationpolicy`;
    return this.#read(Policy, { what: 'write the rotation policy of', key: name, method: 'PUT', path, body });
  }

  /** A version, or the newest, with the statements of the HSM about it. */
  attestation(name: string, version?: string): Promise<WireKey> {
    const path = `${pathOf(name, version)}/attestation`;
    const call = { what: 'read the attestation of', key: name, method: 'GET', path } as const;
    const { hsm } = this.#rest;
    return this.#rest.call({ ...call, signal: this.#signal }, (answer) => readWireKey(answer, hsm));
  }

  /** Uses a version, or the newest: bytes in base64url. */
  use(name: string, version: string | undefined, { operation, body }: KeyUse): Promise<KeyUseResult> {
    const path = `${pathOf(name, version)}/${operation}`;
    return this.#read(Result, { what: `${operation} with`, key: name, method: 'POST', path, body });
  }

  /** Whether a signature belongs to a digest, by a version or the newest. */
  async verify(name: string, version: string | undefined, body: KeyUse['body']): Promise<boolean> {
    const path = `${pathOf(name, version)}/verify`;
    return (await this.#read(Verified, { what: 'verify with', key: name, method: 'POST', path, body })).value;
  }

  /** Random bytes in base64url. */
  async random(count: number): Promise<string> {
    const call = { what: 'get random bytes', method: 'POST', path: '/rng', body: { count } } as const;
    return (await this.#read(Random, call)).value;
  }

  #read<Schema extends z.ZodType>(schema: Schema, call: HsmRestCall): Promise<z.output<Schema>> {
    const { hsm } = this.#rest;
    const about = call.key === undefined ? 'a call' : `a call about key ${call.key}`;
    return this.#rest.call({ ...call, signal: this.#signal }, (answer) => read(schema, answer, hsm, about));
  }
}

function pathOf(name: string, version: string | undefined): string {
  return `/keys/${name}${version === undefined ? '' : `/${version}`}`;
}
