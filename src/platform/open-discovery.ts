/** Makes what the discovery of HSMs reaches: Resource Graph, and the keys of HSMs that no setting names. */
import { ResourceGraph } from '../adapters/arm/resource-graph.ts';
import { KeyVaultKeyService } from '../adapters/keyvault/key-vault-key-service.ts';
import { definedOnly } from '../core/defined-only.ts';
import { isWardenError } from '../core/errors.ts';
import { isLoopback } from '../core/settings/kinds.ts';
import type { FleetApp } from '../features/fleet/manifest.ts';
import type { ProbeRole } from '../features/fleet/ports.ts';
import { namedIn } from './config/with-added.ts';
import type { Platform } from './platform.ts';

/** A hung HSM delays no other by more: a page of keys takes less than a second. Milliseconds. */
const PROBE_MS = 20_000;

/** Undefined where the settings name no scope. Nothing is contacted before the first call. */
export function openDiscovery({
  config,
  credential,
  clock,
  caPem,
  decided,
}: Platform): FleetApp['discovery'] {
  const { fleet } = config;
  if (fleet.scopes.length === 0) return undefined;
  const reach = { credential, clock, ...definedOnly({ caPem }) };
  // A token for a service on this machine is one for Azure, of an emulated issuer.
  const scope = isLoopback(fleet.url) ? { scope: 'https://management.azure.com/.default' } : {};
  return {
    directory: new ResourceGraph({ ...fleet, ...reach, ...scope }),
    probeRole: probeWith(reach),
    named: namedIn(config),
    decided,
  };
}

function probeWith(reach: Pick<Platform, 'credential' | 'clock'> & { readonly caPem?: string }): ProbeRole {
  return async ({ name, url }, signal) => {
    const limit = AbortSignal.any([AbortSignal.timeout(PROBE_MS), ...(signal === undefined ? [] : [signal])]);
    const keys = new KeyVaultKeyService({
      hsm: name,
      url,
      ...reach,
      disableChallengeResourceVerification: isLoopback(url),
    });
    try {
      await keys.listKeys(undefined, limit);
      return { role: 'works' };
    } catch (error) {
      if (!isWardenError(error) || signal?.aborted) throw error;
      const isLate = error.code === 'aborted';
      const why = isLate ? `It did not answer within ${PROBE_MS / 1000} seconds.` : error.message;
      return { role: error.code === 'hsm-forbidden' ? 'missing' : 'unknown', why };
    }
  };
}
