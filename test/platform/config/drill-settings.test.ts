import { describe, expect, it } from 'vitest';
import type { AddedHsm } from '../../../src/features/fleet/decisions.ts';
import { type Config, readConfig } from '../../../src/platform/config/config.ts';
import { withAdded } from '../../../src/platform/config/with-added.ts';

const resource = (name: string) =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/managedHSMs/${name}`;
const read = (drills: unknown) => {
  const config = readConfig({
    WARDEN_HSMS: 'contoso fabrikam',
    WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net/',
    WARDEN_DRILL_HSMS: typeof drills === 'string' ? drills : JSON.stringify(drills),
  });
  return {
    drilled: config.drill.hsms.map(({ name, of }) => `${name}: ${of.join(' ')}`),
    faults: config.faults.map(({ found }) => found),
  };
};
const GOOD = { name: 'drill', resource: resource('drill'), of: ['contoso'] };

describe('the drill HSMs of the settings', () => {
  it('are drilled with the HSMs they name, or with all', () => {
    expect(read([GOOD])).toEqual({ drilled: ['drill: contoso'], faults: [] });
    expect(read([{ name: 'drill', resource: resource('drill') }])).toEqual({
      drilled: ['drill: contoso fabrikam'],
      faults: [],
    });
  });

  it.each<[string, unknown, readonly string[], string]>([
    ['no JSON', 'drill', [], 'no JSON array'],
    ['an entry without a resource', [GOOD, { name: 'x' }], ['drill: contoso'], 'entry 2'],
    [
      'an entry for another HSM that cannot be read',
      [{ name: 'drill', resource: resource('drill') }, 7],
      [],
      'without `of`',
    ],
    [
      'the same drill HSM twice',
      [GOOD, { ...GOOD, of: ['fabrikam'] }],
      ['drill: contoso'],
      'each drill HSM once',
    ],
    ['a protected HSM', [{ ...GOOD, name: 'Fabrikam' }], [], 'Fabrikam, which is protected'],
    [
      'a name that is not protected',
      [{ ...GOOD, of: ['contoso', 'other'] }],
      ['drill: contoso'],
      'drills of other',
    ],
    [
      'one HSM in two drill HSMs',
      [GOOD, { name: 'two', resource: resource('two'), of: ['contoso', 'fabrikam'] }],
      ['two: fabrikam'],
      'contoso in two drill HSMs',
    ],
  ])('stop nothing but their own drills: %s', (_, drills, drilled, fault) => {
    const config = read(drills);
    expect(config.drilled).toEqual(drilled);
    expect(config.faults.join('\n')).toContain(fault);
  });
});

describe('an HSM that people can add', () => {
  const searched = (drills: unknown) =>
    readConfig({
      WARDEN_HSMS: 'contoso fabrikam',
      WARDEN_BACKUP_URL: 'https://backups.blob.core.windows.net/',
      WARDEN_DRILL_HSMS: JSON.stringify(drills),
      WARDEN_DISCOVERY_SCOPES: '00000000-0000-4000-8000-000000000001',
    });
  const added = (name: string, url = `https://${name}.managedhsm.azure.net`): AddedHsm => ({
    name,
    url,
    decision: { kind: 'added', by: { id: 'alice', name: 'Alice' }, at: 0, reason: 'why', seq: 1 },
  });
  const of = ({ drill }: Config) => drill.hsms.map((hsm) => `${hsm.name}: ${hsm.of.join(' ')}`);

  it('is drilled with all others, where the drill HSM is for all', () => {
    const config = searched([{ name: 'drill', resource: resource('drill') }]);

    expect(of(config)).toEqual(['drill: contoso fabrikam']);
    expect(of(withAdded(config, [added('tailspin')]))).toEqual(['drill: contoso fabrikam tailspin']);
  });

  it('is drilled where a drill HSM names it, from when it is added', () => {
    const config = searched([
      { ...GOOD, of: ['contoso', 'tailspin'] },
      { name: 'other', resource: resource('other'), of: ['fabrikam'] },
    ]);

    expect(config.faults).toEqual([]);
    expect(of(config)).toEqual(['drill: contoso', 'other: fabrikam']);
    expect(of(withAdded(config, [added('tailspin')]))).toEqual([
      'drill: contoso tailspin',
      'other: fabrikam',
    ]);
  });

  it('is drilled nowhere where no drill HSM names it', () => {
    const config = searched([GOOD]);

    expect(of(withAdded(config, [added('tailspin')]))).toEqual(['drill: contoso']);
  });

  it('never is one whose keys are purged, also while nothing is drilled there yet', () => {
    const config = searched([{ ...GOOD, of: ['tailspin'] }]);

    expect(of(config)).toEqual(['drill: ']);
    expect(withAdded(config, [added('drill')])).toBe(config);
  });

  it('is a mistake in the settings where nobody can add one', () => {
    expect(read([{ ...GOOD, of: ['contoso', 'tailspin'] }]).faults.join()).toContain('drills of tailspin');
  });
});
