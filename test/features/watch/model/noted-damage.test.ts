import { describe, expect, it } from 'vitest';
import { EVERY_KEY } from '../../../../src/core/model/selection.ts';
import { withoutBackup } from '../../../../src/features/watch/model/noted-damage.ts';
import { catalogueEntry } from '../../../support/listed-key.ts';
import { aWatchPolicy } from '../../../support/watch-world.ts';

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);
const ENTRY = catalogueEntry();

const keysOf = (noted: Readonly<Record<string, number>>, exclude: readonly string[] = []) => {
  const policy = aWatchPolicy({ selection: { ...EVERY_KEY, exclude: [...exclude] } });
  const catalogue = { hsm: 'contoso', keys: { [ENTRY.record.key]: ENTRY } };
  const context = { hsm: 'contoso', now: NOW, policy };
  return Object.fromEntries(withoutBackup(context, new Map(Object.entries(noted)), catalogue));
};

describe('a key without a backup, one of which is noted as damaged', () => {
  it('is known by the newest note of any of its backups, pinned ones among them', () => {
    const noted = { 'contoso/tax/1': 5, 'pinned/contoso/tax/1': 7, 'contoso/Tax/2': 6 };
    expect(Object.values(keysOf(noted))).toEqual([7]);
  });

  it('is none that the catalogue has a backup of', () => {
    expect(keysOf({ [`contoso/${ENTRY.record.key}/1`]: 5 })).toEqual({});
  });

  it('is none that the settings leave out by its name', () => {
    expect(keysOf({ 'contoso/tax/1': 5 }, ['t*'])).toEqual({});
  });

  it('is none of another HSM, and none that no HSM can have', () => {
    expect(keysOf({ 'fabrikam/tax/1': 5, 'contoso/t\nax/1': 5, contoso: 5, 'contoso/': 5 })).toEqual({});
  });

  it('is damaged before all that is still to come, though its note is dated in the future', () => {
    expect(keysOf({ 'contoso/tax/1': Date.UTC(2100, 0, 1) })).toEqual({ tax: 0 });
  });
});
