/** The seal of a line of the catalogue is that of its record: under which names, and in whose catalogue, the line counts. */
import { describe, expect, it } from 'vitest';
import { type CatalogueEntry, readEntry } from '../../../src/features/recovery-points/catalogue.ts';
import { catalogueLine, catalogueText } from '../../../src/features/recovery-points/catalogue-text.ts';
import { saveBackups } from '../../../src/features/recovery-points/save-backups.ts';
import { SealedWorld } from '../../support/sealed-world.ts';

describe('a line of the catalogue with a good seal', () => {
  const address = { kind: 'catalogue', hsm: 'contoso' } as const;

  /** A world whose catalogue holds the line of `alpha` as somebody who can write the container of the state changed it. */
  async function withLine(change: (line: CatalogueEntry) => Partial<CatalogueEntry>) {
    const world = await SealedWorld.swept('alpha');
    const line = await world.entry('alpha');
    const stored = await world.state.read(address);
    if (line === undefined || stored === undefined) throw new Error('expected a line of alpha');
    const lines = [[catalogueLine({ ...line, ...change(line) })]];
    await world.state.writeFrom(address, catalogueText('contoso', lines), { etag: stored.etag });
    return { world, line };
  }

  it.each<{ what: string; change: (line: CatalogueEntry) => Partial<CatalogueEntry> }>([
    { what: 'its own name', change: () => ({}) },
    { what: 'the name of its pinned copy', change: ({ blob }) => ({ blob: `pinned/${blob}` }) },
  ])('counts under $what', async ({ change }) => {
    const { world, line } = await withLine(change);

    expect(await world.entry('alpha')).toEqual({ ...line, ...change(line) });
    expect(await readEntry(world.believed, 'contoso', 'alpha')).toBeDefined();
  });

  it.each<{ what: string; change: (line: CatalogueEntry) => Partial<CatalogueEntry> }>([
    { what: 'the name of another key', change: ({ blob }) => ({ blob: blob.replace('alpha', 'beta') }) },
    { what: 'its name in other letters', change: ({ blob }) => ({ blob: blob.replace('alpha', 'ALPHA') }) },
    {
      what: 'its name on another HSM',
      change: ({ blob }) => ({ blob: blob.replace('contoso', 'fabrikam') }),
    },
    { what: 'the name of another time', change: ({ blob }) => ({ blob: blob.replace('T', 'T0') }) },
    { what: 'a name pinned twice', change: ({ blob }) => ({ blob: `pinned/pinned/${blob}` }) },
  ])('does not count under $what, and gives way', async ({ change }) => {
    const { world, line } = await withLine((before) => ({
      ...change(before),
      storedAt: before.storedAt + 1,
    }));

    expect(await world.entry('alpha')).toBeUndefined();
    expect(await readEntry(world.believed, 'contoso', 'alpha')).toBeUndefined();
    await saveBackups(world.believed, 'contoso', [line]);
    expect(await world.entry('alpha')).toEqual(line);
  });

  it('does not count for a key of that name on another HSM', async () => {
    const { world, line } = await withLine(() => ({}));
    const lines = catalogueText('fabrikam', [[catalogueLine(line)]]);
    await world.state.writeFrom({ kind: 'catalogue', hsm: 'fabrikam' }, lines, 'absent');

    expect(await readEntry(world.believed, 'fabrikam', 'alpha')).toBeUndefined();
  });
});
