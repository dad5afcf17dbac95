import { expect, test } from 'vitest';
import { refusalsOf } from '../../../src/features/drill/guards.ts';

const named = (name: string) => ({
  name,
  url: `https://${name}.managedhsm.azure.net`,
  resource: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/managedHSMs/${name}`,
});
const DRILL = named('drill');

function refusals(purgeProtection: boolean | 'unknown') {
  return refusalsOf({
    drillHsm: DRILL,
    protectedHsms: [named('contoso')],
    properties: { id: DRILL.resource, uri: DRILL.url, purgeProtection, regions: [] },
    found: [],
    own: [],
  }).join(' ');
}

test.each<[boolean | 'unknown', string]>([
  [false, ''],
  [true, 'has purge protection'],
  ['unknown', 'does not say that the HSM drill has no purge protection'],
])('purge protection that is %s', (purgeProtection, said) => {
  expect(refusals(purgeProtection)).toContain(said);
  expect(refusals(purgeProtection) === '').toBe(said === '');
});
