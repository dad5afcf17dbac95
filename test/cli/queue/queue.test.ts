/** `queue list` and `queue retry` over real queues. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliWorld } from '../support/cli-world.ts';

let world: CliWorld;
const clock = { now: Date.now, sleep: async () => undefined };
beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso', seedKeys: 1 }]);
});
afterAll(() => world?.close());

describe('the messages that failed for good', () => {
  it('are none, where the account says so', async () => {
    expect(await world.run(['queue', 'list', '-o', 'json'])).toMatchObject({ code: 0 });
    const ran = await world.run(['queue', 'retry', 'hsm-sweeps', 'no-such']);
    expect(ran.stderr).toContain('There is no message no-such in the queue hsm-sweeps-poison.');
    const all = await world.run(['queue', 'retry', 'hsm-sweeps', '--all', '-o', 'json']);
    expect(JSON.parse(all.stdout)).toEqual({ queue: 'hsm-sweeps', sent: 0 });
  });

  it.each([
    ['neither one message nor all', []],
    ['one message and all', ['a1', '--all']],
  ])('are not sent again where the command names %s', async (_name, rest) => {
    const ran = await world.run(['queue', 'retry', 'hsm-sweeps', ...rest]);

    expect(ran.stderr).toContain('Name one message by its identifier, or all with --all.');
    expect(ran.code).not.toBe(0);
  });

  it.each([
    ['list', []],
    ['retry', ['hsm-sweeps', 'a1']],
    ['retry', ['hsm-sweeps', '--all']],
  ])('cannot be said by %s where the account does not answer', async (command, rest) => {
    // Nobody listens at port 1.
    const environment = await world.with({ queueUrl: 'https://127.0.0.1:1/devstoreaccount1' });
    const ran = await world.run(['queue', command, ...rest, '-o', 'json'], { clock, environment });

    expect(ran.stderr.split('\n')[0]).toMatch(/^CANNOT TELL: the queues of /);
    expect(ran.stdout).not.toMatch(/\[\]\s*,|"sent": false/);
    expect(ran.code).toBe(2);
  });
});
