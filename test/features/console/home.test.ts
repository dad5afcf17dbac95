/** The home page over what the scans left: what is known to be wrong, what is right, and what is not known. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { aWorld } from '../../support/console-world.ts';
import { DAY_MS, MINUTE_MS } from '../../support/watch-world.ts';

describe('the home page', () => {
  it('says that every key is safe, as of the last scan, and whether that is sealed', async () => {
    const world = await aWorld();
    await world.scanned();

    expect(await world.home()).toMatchObject({
      verdict: 'safe',
      sentence: 'Every key is safe (not sealed).',
      sealed: false,
      hsm: { counts: { active: 2, covered: 2, risks: 0 }, risks: [] },
    });
  });

  it('names the keys at risk', async () => {
    const world = await aWorld();
    world.hsm.createKey('unprotected');
    await world.scanned();

    expect(await world.home()).toMatchObject({
      verdict: 'at-risk',
      sentence: '1 key at risk. Not every key is safe.',
      hsm: { risks: [{ key: 'unprotected', risk: 'no-backup' }] },
    });
  });

  it('cannot tell where HSMs may be unknown that people added, and keeps saying what is wrong', async () => {
    const world = await aWorld();
    await world.scanned();
    world.fleetDoubt = 'The HSMs that people added are not known.';
    const safe = await world.home();
    world.hsm.createKey('unprotected');
    await world.scanned();

    expect(safe).toMatchObject({
      verdict: 'unknown',
      sentence: 'It is not known whether every key is safe.',
      hsm: { verdict: 'safe' },
    });
    expect(await world.home()).toMatchObject({ verdict: 'at-risk' });
  });

  it('cannot tell of an HSM whose settings are wrong, and keeps saying what was wrong there', async () => {
    const world = await aWorld();
    await world.scanned();
    world.badSettings = 'HSM contoso cannot be used.';
    const safe = await world.home();
    world.hsm.createKey('unprotected');
    await world.scanned();
    const atRisk = await world.home();

    expect(safe).toMatchObject({
      verdict: 'unknown',
      hsm: { verdict: 'unknown', why: 'HSM contoso cannot be used.', counts: { active: 2 } },
    });
    expect(atRisk).toMatchObject({ verdict: 'at-risk', hsm: { why: 'HSM contoso cannot be used.' } });
  });

  it('says of an HSM that was never seen why its settings are wrong', async () => {
    const world = await aWorld();
    world.badSettings = 'HSM contoso cannot be used.';

    expect(await world.home()).toMatchObject({
      verdict: 'unknown',
      hsm: { verdict: 'unknown', why: 'HSM contoso cannot be used.' },
    });
  });

  it('cannot tell once the next scan is late, and keeps saying what was wrong', async () => {
    const world = await aWorld();
    await world.scanned();
    await world.clock.advance(20 * MINUTE_MS);
    expect((await world.home()).verdict).toBe('safe');
    await world.clock.advance(20 * MINUTE_MS);

    expect(await world.home()).toMatchObject({
      verdict: 'unknown',
      hsm: { why: expect.stringContaining('the next is late'), counts: { active: 2 } },
    });
    world.hsm.createKey('unprotected');
    await world.scanned();
    await world.clock.advance(DAY_MS);
    expect((await world.home()).verdict).toBe('at-risk');
  });

  it('cannot tell while the HSM is silent, and keeps what the last scan saw', async () => {
    const world = await aWorld();
    await world.scanned();
    world.hsm.faults.fail('listKeys', new WardenError('hsm-unreachable', { message: 'silent' }), {
      times: 1000,
    });
    await world.scanned();
    const { verdict, hsm } = await world.home();
    expect([verdict, hsm?.why]).toEqual([
      'unknown',
      expect.stringMatching(/^The HSM could not be read since \S+: what is said of its keys is of /),
    ]);
    expect(hsm?.counts?.active).toBe(2);

    world.hsm.faults.clear();
    await world.scanned();
    expect((await world.home()).verdict).toBe('safe');
  });

  it('is at risk as soon as the verification finds a damaged backup, before the next scan', async () => {
    const world = await aWorld();
    await world.scanned();
    await world.verified({ 'contoso/orders/x': 2 });

    expect(await world.home()).toMatchObject({
      verdict: 'at-risk',
      hsm: { why: expect.stringContaining('1 damaged backup since the last scan') },
    });
  });

  it('is at risk where the verification forgot one damaged backup and found another since the last scan', async () => {
    const world = await aWorld();
    await world.verified({ 'contoso/orders/x': 2 });
    await world.scanned();
    expect((await world.home()).verdict).toBe('safe');

    await world.verified({ 'contoso/users/y': 3 });
    expect(await world.home()).toMatchObject({
      verdict: 'at-risk',
      hsm: { why: expect.stringContaining('1 damaged backup since the last scan') },
    });
    await world.scanned();
    expect((await world.home()).verdict).toBe('safe');
    await world.verified({});
    expect((await world.home()).verdict).toBe('safe');
  });

  it('tells the events that wait now, whatever waited during the last scan', async () => {
    const world = await aWorld();
    const warnings = async () => (await world.home()).hsm?.warnings.filter((one) => one.includes('event'));
    await world.scanned();
    expect(await warnings()).toEqual([]);

    world.topic.faults.fail('accept', world.fault('topic-unreachable'), { times: 100 });
    world.hsm.deleteKey('users');
    await world.scan();
    expect(await warnings()).toEqual([
      expect.stringMatching(/^\d events? waits? for the topic to accept (it|them)\.$/),
    ]);
    world.topic.faults.clear();
    await world.scan();
    expect(await warnings()).toEqual([]);
  });

  it('warns of the nightly run that did not come, of one that left keys out, and where none has ended', async () => {
    const world = await aWorld();
    await world.scanned();
    const warnings = async () => {
      return (await world.home()).hsm?.warnings.filter((warning) => /[Rr]un/.test(warning));
    };
    expect(await warnings()).toEqual(['No run has ended yet.']);

    await world.ran('r1', 'succeeded');
    expect(await warnings()).toEqual([]);
    await world.clock.advance(2 * DAY_MS);
    expect(await warnings()).toEqual([
      expect.stringMatching(/^The nightly run was due .* and has not ended/),
    ]);

    await world.ran('r2', 'partial');
    // No scan has been there since.
    expect(await warnings()).toEqual(['The last run, r2, left keys without a new backup.']);
  });

  it('says why nothing is known of an HSM whose summary is damaged, and hides no other', async () => {
    const world = await aWorld();
    await world.scanned();
    await world.tamper(() => 'nonsense\n');

    expect(await world.home()).toMatchObject({
      verdict: 'unknown',
      hsm: { trouble: { code: 'state-corrupt' } },
    });
  });
});
