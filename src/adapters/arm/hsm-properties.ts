/** What Azure Resource Manager says of one Managed HSM. */
import { z } from 'zod';
import type { ReadProperties } from '../../features/drill/ports.ts';
import { ResourceManager, type ResourceManagerOptions } from './resource-manager.ts';

const API_VERSION = '2024-11-01';

/** https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms/get; what is missing is not assumed. */
const Resource = z.object({
  id: z.string().min(1),
  properties: z.object({
    hsmUri: z.url(),
    /** `az keyvault show --hsm-name` shows `false` for an HSM that was made without it. */
    enablePurgeProtection: z.boolean().nullish(),
    regions: z.array(z.object({ name: z.string(), isPrimary: z.boolean().nullish() })).nullish(),
  }),
});

/** Reads the properties of the HSM with this resource id. It fails only when its signal is aborted. */
export function hsmPropertiesReader(
  resourceId: string,
  options: Omit<ResourceManagerOptions, 'signal'>,
): ReadProperties {
  return async (signal = new AbortController().signal) => {
    const reading = await new ResourceManager({ ...options, signal }).get(resourceId, API_VERSION, Resource);
    if (reading.kind === 'missing') return { kind: 'unreadable', why: 'there is no such resource' };
    if (reading.kind !== 'ok') return { kind: 'unreadable', why: reading.why };
    const { id, properties } = reading.value;
    const { regions, enablePurgeProtection } = properties;
    return {
      kind: 'ok',
      value: {
        id,
        uri: properties.hsmUri,
        purgeProtection: enablePurgeProtection ?? 'unknown',
        regions: (regions ?? []).filter(({ isPrimary }) => isPrimary !== true).map(({ name }) => name),
      },
    };
  };
}
