/** A stopped app leaves messages in the queue before the channels, which are all quiet then: status and doctor say so. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateDocument } from '../../src/core/documents/update-document.ts';
import { CHANNEL, noMessages } from '../../src/features/notify/model/channel-state.ts';
import { CliWorld } from './support/cli-world.ts';

let world: CliWorld;
let environment: { readonly HSM_WARDEN_WORLD: string };
const clock = (minutes: number) => ({
  now: () => Date.now() + minutes * 60_000,
  sleep: async () => undefined,
});
let sentAt: number;

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso' }]);
  await world.client().createKey('orders', 'EC-HSM', { curve: 'P-256' });
  await world.run(['backup', 'run']);
  environment = await world.with({ channels: JSON.stringify([{ type: 'slack', name: 'ops' }]) });
  await updateDocument(world.state, CHANNEL, { kind: 'notify-channel', channel: 'ops' }, () => ({
    ...noMessages('ops'),
    ...{ accepted: 1, lastAcceptedAt: Date.now() },
  }));
  await world.makeQueue('notifications');
  // Nobody takes it: no app runs here.
  sentAt = Date.now();
  let slept = 0;
  const impatient = {
    now: () => Date.now() + slept,
    sleep: async (ms: number) => {
      slept += ms;
    },
  };
  await world.run(['notify', 'test'], { environment, clock: impatient });
});
afterAll(() => world?.close());

describe('messages that nobody takes out of the queue', () => {
  it('are held up after a quarter of an hour, which changes nothing of the keys', async () => {
    const { code, stdout } = await world.run(['status'], { environment, clock: clock(16) });
    expect(stdout).toMatch(
      /people are not reached: 1 message in the queue notifications is held up since \S+ \(16 min[^)]*\): the app that sends does not take them/,
    );
    expect(stdout).toContain('-> hsm-warden doctor --emulator');
    expect(code).toBe(0);
    const { queued } = JSON.parse(
      (await world.run(['status', '-o', 'json'], { environment, clock: clock(16) })).stdout,
    );
    expect(queued).toMatchObject({ waiting: 1, heldUp: { count: 1 } });
    expect(Math.abs(Date.parse(queued.heldUp.since) - sentAt)).toBeLessThan(60_000);
  });

  it('are none before that', async () => {
    const { stdout } = await world.run(['status', '-o', 'json'], { environment, clock: clock(5) });
    expect(JSON.parse(stdout).queued).toEqual({ waiting: 1 });
    const page = await world.run(['status'], { environment, clock: clock(5) });
    expect(page.stdout).not.toContain('not reached');
  });

  it('fail the doctor, who says what to do', async () => {
    const { code, stdout } = await world.run(['doctor', '-o', 'json'], { environment, clock: clock(16) });
    const findings: { check: string; subject: string; result: string; fix?: string }[] = JSON.parse(stdout);
    expect(findings.filter(({ check }) => check === 'notify')).toMatchObject([
      { subject: 'ops', result: 'ok' },
      { subject: 'queue', result: 'fail', fix: 'Start the backup app, and look at its log' },
    ]);
    expect(code).toBe(1);
  });

  it('are not looked for where nobody is notified', async () => {
    const { stdout } = await world.run(['status', '-o', 'json'], { clock: clock(16) });
    expect(JSON.parse(stdout).queued).toBeNull();
  });
});
