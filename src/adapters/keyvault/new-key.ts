/** The moments of a new key: sent as they were asked for, and compared with what the HSM answers. */
import type { KeyVaultKey } from '@azure/keyvault-keys';
import { WardenError } from '../../core/errors.ts';

/** When a key begins and ends to be usable. */
export interface Moments {
  readonly expiresOn?: Date;
  readonly notBefore?: Date;
}

/** The moments in whole seconds since 1970, as the service counts. */
export function momentsOf({ expiresOn, notBefore }: Moments): { exp?: number; nbf?: number } {
  return {
    ...(expiresOn === undefined ? {} : { exp: seconds(expiresOn) }),
    ...(notBefore === undefined ? {} : { nbf: seconds(notBefore) }),
  };
}

/** Returns `key`. Fails with `hsm-answer-unexpected` when it does not begin or end when it was asked to: the key is there. */
export function requireMoments(key: KeyVaultKey, asked: Moments, hsm: string): KeyVaultKey {
  const { name, properties } = key;
  for (const [what, member] of [
    ['expires', 'expiresOn'],
    ['is not usable before', 'notBefore'],
  ] as const) {
    const [wanted, got] = [asked[member], properties[member]];
    if (wanted === undefined || (got != null && seconds(got) === seconds(wanted))) continue;
    throw new WardenError('hsm-answer-unexpected', {
      message: `The key ${name} was made on HSM ${hsm}, but as the HSM answers it ${what} ${got == null ? 'no moment at all' : got.toISOString()}, not ${wanted.toISOString()}.`,
      advice: 'Look at the key, and set the moment again or delete the key.',
      hsm,
      key: name,
    });
  }
  return key;
}

function seconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}
