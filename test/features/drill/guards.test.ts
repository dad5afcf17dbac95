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

test.each([
  ['nothing of it', {}, 'may be that HSM'],
  ['its resource', { resource: named('contoso').resource }, ''],
  ['its URL', { url: named('contoso').url }, ''],
])('a protected HSM of whose entry is readable: %s', (_what, known, said) => {
  const url = 'https://contoso.invalid';
  const found = refusalsOf({
    drillHsm: DRILL,
    protectedHsms: [{ name: 'contoso', url, resource: url, ...known }],
    properties: { id: DRILL.resource, uri: DRILL.url, purgeProtection: false, regions: [] },
    found: [],
    own: [],
  }).join(' ');

  expect(found).toContain(said);
  expect(found === '').toBe(said === '');
});

test.each<[boolean | 'unknown', string]>([
  [false, ''],
  [true, 'has purge protection'],
  ['unknown', 'does not say that the HSM drill has no purge protection'],
])('purge protection that is %s', (purgeProtection, said) => {
  expect(refusals(purgeProtection)).toContain(said);
  expect(refusals(purgeProtection) === '').toBe(said === '');
});
