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

/** The way to an HSM. */
interface Reach {
  readonly credential: TokenCredential;
  readonly caPem: string | undefined;
  readonly clock: Clock;
}

/** One HSM with its pacer. */
export function openHsm(
  { name, url, pace, resource }: HsmConfig,
  sharing: Omit<SharedPacerOptions, 'hsm' | 'ratePerSecond'>,
  { credential, caPem, clock }: Reach,
): Hsm & { readonly pacer: SharedPacer } {
  const keys = new KeyVaultKeyService({
    hsm: name,
    url,
    credential,
    clock,
    ...definedOnly({ caPem }),
    disableChallengeResourceVerification: isLoopback(url),
  });
  const pacer = new SharedPacer({ hsm: name, ratePerSecond: pace, ...sharing });
  return { name, resource, keys, pacer, urgentPacer: pacer.urgent, pace };
}

/** The HSMs by their names in the settings. */
export function registryOf(hsms: readonly Hsm[]): HsmRegistry {
  const byName = new Map(hsms.map((hsm) => [hsm.name, hsm]));
  return {
    names: [...byName.keys()],
    get: (name) => {
      const found = byName.get(name);
      if (found !== undefined) return found;
      throw new WardenError('hsm-unknown', {
        message: `There is no HSM ${name} in the settings.`,
        advice: 'WARDEN_HSMS names the HSMs. A message about another one belongs into no queue: delete it.',
        hsm: name,
      });
    },
  };
}
