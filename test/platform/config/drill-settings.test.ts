import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/platform/config/config.ts';

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
