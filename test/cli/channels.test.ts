/** Silence is seen: status and doctor say which channels people are not reached through, and what to do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { when } from '../../src/cli/connect/warden-options.ts';
import { updateDocument } from '../../src/core/documents/update-document.ts';
import { CHANNEL, type ChannelState, noMessages } from '../../src/features/notify/model/channel-state.ts';
import { aMessage } from '../support/notify-message.ts';
import { CliWorld } from './support/cli-world.ts';

const HOUR_MS = 3_600_000;
let world: CliWorld;
let environment: { readonly HSM_WARDEN_WORLD: string };

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }]);
  await world.client().createKey('orders', 'EC-HSM', { curve: 'P-256' });
  await world.run(['backup', 'run']);
  const channels = ['good', 'broken', 'fresh'].map((name) => ({ type: 'slack', name }));
  environment = await world.with({ channels: JSON.stringify(channels) });
  const now = Date.now();
  await remember('good', { accepted: 3, lastAcceptedAt: now - HOUR_MS });
  const failing = { failingSince: now - 3 * HOUR_MS - 1_000, lastError: 'channel-misconfigured (404)' };
  await remember('broken', { accepted: 3, lastAcceptedAt: now - 24 * HOUR_MS, ...failing });
});
afterAll(() => world?.close());

async function remember(channel: string, change: Partial<ChannelState>): Promise<void> {
  await updateDocument(world.state, CHANNEL, { kind: 'notify-channel', channel }, () => ({
    ...noMessages(channel),
    ...change,
  }));
}

/** A channel with two messages that wait for twenty minutes, and one for a second. */
async function withHeldUp() {
  const late = Date.now() - 20 * 60_000 - 1_000;
  const pending = [late, late, Date.now() - 1_000].map((queuedAt, n) => ({
    message: aMessage({ id: String(n).padStart(32, '0') }),
    ...{ queuedAt, attempts: 2, nextAt: queuedAt },
    tries: [{ at: queuedAt, result: 'channel-throttled (450)' }],
  }));
  await remember('slow', { accepted: 3, lastAcceptedAt: Date.now(), pending });
  const channels = JSON.stringify([{ type: 'slack', name: 'slow' }]);
  return { environment: await world.with({ channels }), since: when(late) };
}

describe('status', () => {
  it('names the channels that accept nothing, and is as safe as the keys are', async () => {
    const { code, stdout } = await world.run(['status'], { environment });
    expect(stdout).toContain(
      'people are not reached through broken: it has accepted nothing for 3 h (channel-misconfigured (404))',
    );
    expect(stdout).toContain(
      'people are not reached through fresh: its service has never accepted a message',
    );
    expect(stdout).toContain('-> hsm-warden notify test broken --emulator');
    expect(stdout).not.toContain('reached through good');
    expect(code).toBe(0);
  });

  it('names the messages that a channel does not take while it takes others, since when, and why', async () => {
    const late = await withHeldUp();
    const { code, stdout } = await world.run(['status'], { environment: late.environment });
    expect(stdout).toContain(
      `somebody may not be reached through slow: 2 messages are held up, the oldest since ${late.since} (20 min`,
    );
    expect(stdout).toContain('-> hsm-warden notify list slow --emulator');
    expect(code).toBe(0);
    const { channels } = JSON.parse(
      (await world.run(['status', '-o', 'json'], { environment: late.environment })).stdout,
    );
    expect(channels[0].heldUp).toMatchObject({ count: 2, why: 'channel-throttled (450)' });
  });

  it('says so to programs, too', async () => {
    const { stdout } = await world.run(['status', '-o', 'json'], { environment });
    const { safe, channels } = JSON.parse(stdout);
    expect(safe).toBe(true);
    expect(
      channels.map(({ channel, state }: { channel: string; state: string }) => [channel, state]),
    ).toEqual([
      ['good', 'accepting'],
      ['broken', 'failing'],
      ['fresh', 'unconfirmed'],
    ]);
  });

  it('says nothing of channels where there are none', async () => {
    expect((await world.run(['status'])).stdout).not.toContain('people');
  });

  it('cannot tell where the memory of a channel cannot be read, and judges the keys all the same', async () => {
    const other = await world.with({ channels: JSON.stringify([{ type: 'slack', name: 'torn' }]) });
    await world.state.write({ kind: 'notify-channel', channel: 'torn' }, '{', 'absent');
    const { stdout } = await world.run(['status'], { environment: other });
    expect(stdout).toContain('CANNOT TELL: the channels to people could not be read');
    expect(stdout).toContain('Every key is safe');
  });
});

describe('doctor', () => {
  it('fails for a channel that accepts nothing, and for one that never did', async () => {
    const { code, stdout } = await world.run(['doctor', '-o', 'json'], { environment });
    const findings: { check: string; subject: string; result: string; fix?: string }[] = JSON.parse(stdout);
    const found = findings.filter(({ check }) => check === 'notify');
    expect(found.map(({ subject, result }) => [subject, result])).toEqual([
      ['good', 'ok'],
      ['broken', 'fail'],
      ['fresh', 'fail'],
    ]);
    expect(found[2]?.fix).toContain('hsm-warden notify test fresh');
    expect(code).toBe(1);
  });

  it('fails for a channel on which messages are held up', async () => {
    const late = await withHeldUp();
    const { code, stdout } = await world.run(['doctor', '-o', 'json'], { environment: late.environment });
    const findings: { check: string; subject: string; result: string; fix?: string }[] = JSON.parse(stdout);
    expect(findings.filter(({ check }) => check === 'notify')).toMatchObject([
      {
        ...{ subject: 'slow', result: 'fail' },
        detail: expect.stringContaining('2 messages are held up, the oldest since'),
        fix: expect.stringContaining('hsm-warden notify list slow'),
      },
    ]);
    expect(code).toBe(1);
  });
});

describe('notify list', () => {
  it('names the channel that fails, and why, on lines of a usual terminal', async () => {
    const { code, stdout } = await world.run(['notify', 'list'], { environment });
    expect(code).toBe(1);
    expect(stdout).toMatch(/broken .* FAILING/);
    expect(stdout).toContain('0 messages wait (channel-misconfigured (404))');
  });
});

describe('where the memory of one channel cannot be read', () => {
  let torn: typeof environment;
  beforeAll(async () => {
    const channels = ['good', 'broken', 'torn-one'].map((name) => ({ type: 'slack', name }));
    torn = await world.with({ channels: JSON.stringify(channels) });
    await world.state.write({ kind: 'notify-channel', channel: 'torn-one' }, '{', 'absent');
  });

  it('status shows the others, and says that of this one nothing is known', async () => {
    const { stdout } = await world.run(['status'], { environment: torn });
    expect(stdout).toContain('CANNOT TELL: the channels to people could not be read: torn-one');
    expect(stdout).toContain('people are not reached through broken');
    const { channels } = JSON.parse(
      (await world.run(['status', '-o', 'json'], { environment: torn })).stdout,
    );
    expect(channels.map(({ state }: { state: string }) => state)).toEqual([
      'accepting',
      'failing',
      'unknown',
    ]);
  });

  it('doctor judges the others, and this one as unknown', async () => {
    const { stdout } = await world.run(['doctor', '-o', 'json'], { environment: torn });
    const findings: { check: string; subject: string; result: string; fix?: string }[] = JSON.parse(stdout);
    const found = findings.filter(({ check }) => check === 'notify');
    expect(found.map(({ subject, result }) => [subject, result])).toEqual([
      ['good', 'ok'],
      ['broken', 'fail'],
      ['torn-one', 'unknown'],
    ]);
    expect(found[2]?.fix).toContain('delete it');
  });

  it('notify list shows the others, and is unsure', async () => {
    const { stdout } = await world.run(['notify', 'list'], { environment: torn });
    expect(stdout).toContain('CANNOT TELL: the channels to people could not be read: torn-one');
    expect(stdout).toMatch(/broken .* FAILING/);
    const { code, stdout: alone } = await world.run(['notify', 'list', 'torn-one', '-o', 'json'], {
      environment: torn,
    });
    expect(code).toBe(2);
    expect(JSON.parse(alone)).toEqual([
      { channel: 'torn-one', unknown: expect.objectContaining({ code: 'state-corrupt' }) },
    ]);
  });
});
