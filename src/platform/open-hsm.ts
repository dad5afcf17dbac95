/** Makes what reaches one HSM, and the register of all of them. */
import type { TokenCredential } from '@azure/core-auth';
import { KeyVaultKeyService } from '../adapters/keyvault/key-vault-key-service.ts';
import { SharedPacer, type SharedPacerOptions } from '../adapters/pacing/shared-pacer.ts';
import type { Hsm, HsmRegistry } from '../core/app-ports.ts';
import { definedOnly } from '../core/defined-only.ts';
import { WardenError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { isLoopback } from '../core/settings/kinds.ts';
import type { HsmConfig } from './config/config.ts';
import { UnusableKeys } from './unusable-hsm.ts';

/** The way to an HSM. */
interface Reach {
  readonly credential: TokenCredential;
  readonly caPem: string | undefined;
  readonly clock: Clock;
}

/** An HSM, and by which decision it is protected, where no setting names it. */
type OpenHsm = Hsm & Pick<HsmConfig, 'added'>;

/** One HSM with its pacer. */
export function openHsm(
  { name, url, pace, resource, fault, added }: HsmConfig,
  sharing: Omit<SharedPacerOptions, 'hsm' | 'ratePerSecond'>,
  { credential, caPem, clock }: Reach,
): OpenHsm & { readonly pacer: SharedPacer } {
  const client = { credential, clock, ...definedOnly({ caPem }) };
  const keys =
    fault === undefined
      ? new KeyVaultKeyService({
          hsm: name,
          url,
          ...client,
          disableChallengeResourceVerification: isLoopback(url),
        })
      : new UnusableKeys(name, fault);
  const pacer = new SharedPacer({ hsm: name, ratePerSecond: pace, ...sharing });
  return { name, resource, keys, pacer, urgentPacer: pacer.urgent, pace, ...definedOnly({ fault, added }) };
}

/** The HSMs by their names. */
export function registryOf(hsms: readonly OpenHsm[]): HsmRegistry {
  const byName = new Map(hsms.map((hsm) => [hsm.name, hsm]));
  return {
    names: [...byName.keys()],
    usable: hsms.filter(({ fault }) => fault === undefined).map(({ name }) => name),
    added: hsms.filter(({ added }) => added !== undefined).map(({ name }) => name),
    get: (name) => {
      const found = byName.get(name);
      if (found !== undefined) return found;
      throw new WardenError('hsm-unknown', {
        message: `There is no HSM ${name}: no setting names it, and nobody added it.`,
        advice:
          'hsm-warden hsm list names the HSMs. A message about another one belongs into no queue: delete it.',
        hsm: name,
      });
    },
  };
}
