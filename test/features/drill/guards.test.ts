import { expect, test } from 'vitest';
import { type GuardFacts, refusalsOf } from '../../../src/features/drill/guards.ts';

const named = (name: string) => ({
  name,
  url: `https://${name}.managedhsm.azure.net`,
  resource: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/managedHSMs/${name}`,
});
const DRILL = named('drill');
const GOOD = { id: DRILL.resource, uri: DRILL.url, purgeProtection: false, regions: [] };

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

test.each<{ name: string; change: Partial<GuardFacts>; refusals: readonly string[] }>([
  { name: 'nothing', change: {}, refusals: [] },
  { name: 'no protected HSM', change: { protectedHsms: [] }, refusals: [] },
  {
    name: 'that its properties cannot be read',
    change: { properties: { unreadable: 'HTTP 403' } },
    refusals: ['The properties of the HSM drill cannot be read in Azure Resource Manager: HTTP 403.'],
  },
  {
    name: 'the name of a protected HSM in other letters',
    change: { protectedHsms: [{ ...named('contoso'), name: 'DRILL' }] },
    refusals: ['The HSM drill is the protected HSM DRILL.'],
  },
  {
    name: 'the URL of a protected HSM, in other letters and with a path',
    change: { protectedHsms: [{ ...named('contoso'), url: `${DRILL.url.toUpperCase()}/keys` }] },
    refusals: [
      'The HSM drill is the protected HSM contoso.',
      'Azure Resource Manager says that the HSM drill is the protected HSM contoso.',
    ],
  },
  {
    name: 'the resource of a protected HSM in other letters',
    change: { protectedHsms: [{ ...named('contoso'), resource: DRILL.resource.toUpperCase() }] },
    refusals: [
      'The HSM drill is the protected HSM contoso.',
      'Azure Resource Manager says that the HSM drill is the protected HSM contoso.',
    ],
  },
  {
    name: 'that its URL looks like a region of a protected HSM',
    change: {
      protectedHsms: [{ ...named('contoso'), url: 'https://drill.northeurope.managedhsm.azure.net' }],
    },
    refusals: ['The HSM drill looks like an extended region of the protected HSM contoso.'],
  },
  {
    name: 'that Azure Resource Manager shows another resource',
    change: { properties: { ...GOOD, id: named('other').resource } },
    refusals: [
      `Azure Resource Manager shows another resource for the HSM drill: ${named('other').resource}.`,
    ],
  },
  {
    name: 'no other letters of it',
    change: { properties: { ...GOOD, id: DRILL.resource.toUpperCase() } },
    refusals: [],
  },
  {
    name: 'that Azure Resource Manager shows another address',
    change: { properties: { ...GOOD, uri: named('other').url } },
    refusals: [`The HSM drill is at ${named('other').url}, not at ${DRILL.url}.`],
  },
  {
    name: 'that Azure Resource Manager shows the address of a protected HSM',
    change: { properties: { ...GOOD, uri: named('contoso').url } },
    refusals: [
      `The HSM drill is at ${named('contoso').url}, not at ${DRILL.url}.`,
      'Azure Resource Manager says that the HSM drill is the protected HSM contoso.',
    ],
  },
  {
    name: 'that Azure Resource Manager shows the resource of a protected HSM',
    change: { properties: { ...GOOD, id: named('contoso').resource } },
    refusals: [
      `Azure Resource Manager shows another resource for the HSM drill: ${named('contoso').resource}.`,
      'Azure Resource Manager says that the HSM drill is the protected HSM contoso.',
    ],
  },
  {
    name: 'its purge protection',
    change: { properties: { ...GOOD, purgeProtection: true } },
    refusals: ['The HSM drill has purge protection: what a drill restores would stay for days.'],
  },
  {
    name: 'that its purge protection is unknown',
    change: { properties: { ...GOOD, purgeProtection: 'unknown' } },
    refusals: ['Azure Resource Manager does not say that the HSM drill has no purge protection.'],
  },
  {
    name: 'its other regions',
    change: { properties: { ...GOOD, regions: ['northeurope', 'eastus'] } },
    refusals: ['The HSM drill has extended regions (northeurope, eastus): drills use an HSM of one region.'],
  },
  { name: 'no key that a drill has made', change: { found: ['Mine'], own: ['other', 'mine'] }, refusals: [] },
  {
    name: 'a key that no drill has made',
    change: { found: ['mine', 'orders'], own: ['mine'] },
    refusals: ['The HSM drill holds 1 key that no drill has made: orders.'],
  },
  {
    name: 'five keys that no drill has made',
    change: { found: ['a', 'b', 'c', 'd', 'e'] },
    refusals: ['The HSM drill holds 5 keys that no drill has made: a, b, c, d, e.'],
  },
  {
    name: 'six keys that no drill has made',
    change: { found: ['a', 'b', 'c', 'd', 'e', 'f'] },
    refusals: ['The HSM drill holds 6 keys that no drill has made: a, b, c, d, e, ….'],
  },
  {
    name: 'that nobody can read which HSM a protected one is',
    change: {
      protectedHsms: [{ name: 'contoso', url: 'https://c.invalid', resource: 'https://c.invalid' }],
    },
    refusals: ['Which HSM the protected contoso is cannot be read in the settings: drill may be that HSM.'],
  },
])('what speaks against a drill: $name', ({ change, refusals }) => {
  const facts = { drillHsm: DRILL, protectedHsms: [named('contoso')], properties: GOOD, found: [], own: [] };

  expect(refusalsOf({ ...facts, ...change })).toEqual(refusals);
});

test.each([
  { name: 'addresses without names', url: 'https://127.0.0.1:8443', other: 'https://127.0.0.2:8443' },
  { name: 'addresses of the sixth version', url: 'https://[::1]:8443', other: 'https://[::2]:8443' },
  { name: 'names of two parts', url: 'https://drill.test', other: 'https://drill.example' },
  { name: 'a name of two parts and a longer one', url: 'https://drill.test', other: 'https://drill.a.test' },
  {
    name: 'a name of three parts and a shorter one',
    url: 'https://drill.a.test',
    other: 'https://drill.test',
  },
  { name: 'ports of one machine', url: 'https://127.0.0.1:1', other: 'https://127.0.0.1:2' },
  { name: 'what is no URL', url: 'no url', other: 'none' },
])('$name are of two HSMs', ({ url, other }) => {
  const facts = { protectedHsms: [{ ...named('contoso'), url: other }], found: [], own: [] };

  expect(refusalsOf({ ...facts, drillHsm: { ...DRILL, url }, properties: { ...GOOD, uri: url } })).toEqual(
    [],
  );
});

test.each([
  { name: 'begin with a digit', url: 'https://1drill.a.test', other: 'https://1drill.b.test' },
  { name: 'end with a digit', url: 'https://drill.a.test1', other: 'https://drill.b.test1' },
])('names that $name are no numbers: one may be a region of the other', ({ url, other }) => {
  const facts = { protectedHsms: [{ ...named('contoso'), url: other }], found: [], own: [] };

  expect(refusalsOf({ ...facts, drillHsm: { ...DRILL, url }, properties: { ...GOOD, uri: url } })).toEqual([
    'The HSM drill looks like an extended region of the protected HSM contoso.',
  ]);
});
