/** Somebody who can write the state container puts the document of a verification back to before it found damage. */
import { describe, expect, it } from 'vitest';
import { readSummaryHead } from '../../src/features/status/summary-document.ts';
import { DatedWorld } from '../support/dated-world.ts';
import { HOUR_MS, MINUTE_MS } from '../support/watch-world.ts';

const VERIFY = { kind: 'verify', hsm: 'contoso' } as const;

/** A world whose backup of `alpha` was found damaged, with what was stored before that. */
async function damagedWorld() {
  const world = DatedWorld.of('alpha', 'beta');
  await world.clock.advance(HOUR_MS);
  await world.sweep();
  await world.verify('verify-1');
  const documents = new Map(world.state.documents);
  const [{ blob } = { blob: '' }] = await world.stored('alpha');
  const sound = await world.backups.read(blob);
  world.backups.damage(blob, new Uint8Array(400));
  await world.clock.advance(MINUTE_MS);
  await world.verify('verify-2');
  return { world, blob, sound, documents };
}

describe('damage that a verification found', () => {
  it.each([{ name: 'rolled back' }, { name: 'deleted' }])(
    'is known when its document is $name, with the catalogue',
    async ({ name: what }) => {
      const { world, documents } = await damagedWorld();
      for (const [name, document] of documents) world.state.documents.set(name, document);
      if (what === 'deleted') world.state.documents.delete('verify/contoso');
      world.restart();

      expect(await world.status()).toMatchObject({
        verdict: 'at-risk',
        risks: [{ key: 'alpha', risk: 'backup-damaged' }],
      });
    },
  );

  it('is over when a newer good backup is there', async () => {
    const { world, documents } = await damagedWorld();
    const verified = documents.get('verify/contoso');
    if (verified !== undefined) world.state.documents.set('verify/contoso', verified);
    await world.clock.advance(24 * HOUR_MS);
    world.hsm.createKey('alpha');
    await world.sweep({}, world.nextNight());

    expect(await world.status()).toMatchObject({ verdict: 'safe', risks: [] });
  });

  it('is over when a verification reads that backup well again', async () => {
    const { world, blob, sound, documents } = await damagedWorld();
    world.backups.damage(blob, sound);
    await world.clock.advance(MINUTE_MS);
    await world.verify('verify-3');
    const catalogue = documents.get('catalogue/contoso');
    if (catalogue !== undefined) world.state.documents.set('catalogue/contoso', catalogue);

    expect(await world.status()).toMatchObject({ verdict: 'safe', risks: [] });
    expect((await world.dated()).verify?.damaged).toEqual({});
  });

  it('is not noted of what an unsealed document calls damaged', async () => {
    const { world } = await damagedWorld();
    const [{ blob } = { blob: '' }] = await world.stored('beta');
    await world.verify('verify-3', { budgetMs: 0 });
    await world.forge(VERIFY, (stored) => ({ ...stored, cursor: 'contoso/z', damaged: { [blob]: 1 } }));
    await world.verifyOn();

    expect((await world.notes.read('contoso')).damaged.has(blob)).toBe(false);
  });

  it.each<{ name: string; rename: (blob: string) => string }>([
    { name: 'its own name', rename: (blob) => blob },
    { name: 'the name of a pinned copy', rename: (blob) => `pinned/${blob}` },
    { name: 'the name of no backup', rename: (blob) => `${blob}-sound` },
    { name: 'the name of another key', rename: (blob) => blob.replace('alpha', 'beta') },
  ])('is not hidden by its sealed line, put back under $name', async ({ rename }) => {
    const { world, blob, documents } = await damagedWorld();
    const catalogue = documents.get('catalogue/contoso');
    if (catalogue === undefined) throw new Error('expected a catalogue');
    const text = catalogue.text.replace(`"blob":"${blob}"`, `"blob":"${rename(blob)}"`);
    world.state.documents.set('catalogue/contoso', { ...catalogue, text });
    world.restart();

    expect(await world.status()).toMatchObject({ verdict: 'at-risk', covered: 1, risks: [{ key: 'alpha' }] });
    await world.summarize();
    const summary = await readSummaryHead(world.believed, 'contoso');
    expect(summary?.head.counts).toMatchObject({ covered: 1, risks: expect.any(Number) });
    expect(summary?.head.risks).toContainEqual(expect.objectContaining({ key: 'alpha' }));
  });
});
