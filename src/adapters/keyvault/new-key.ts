/** The moments of a new key: sent as they were asked for, and compared with what the HSM answers. */
import { WardenError } from '../../core/errors.ts';
import { namesIn, type WireKey } from './wire-key.ts';

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
export function requireMoments(key: WireKey, asked: Moments, hsm: string): WireKey {
  const wanted = momentsOf(asked);
  const { name } = namesIn(key.key.kid);
  for (const [what, member] of [
    ['expires', 'exp'],
    ['is not usable before', 'nbf'],
  ] as const) {
    const [want, got] = [wanted[member], key.attributes[member]];
    if (want === undefined || got === want) continue;
    throw new WardenError('hsm-answer-unexpected', {
      message: `The key ${name} was made or changed on HSM ${hsm}, but as the HSM answers it ${what} ${got === undefined ? 'no moment at all' : momentText(got)}, not ${momentText(want)}.`,
      advice: 'Look at the key, and set the moment again or delete the key.',
      hsm,
      key: name,
    });
  }
  return key;
}

function momentText(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  return Number.isNaN(date.getTime()) ? `${epochSeconds} s after 1970` : date.toISOString();
}

function seconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}
