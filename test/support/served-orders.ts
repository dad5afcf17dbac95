/** The recovery as people call it over HTTP, for tests: each test has a world of its own in which the key `orders` is deleted. */
import { afterAll, beforeEach } from 'vitest';
import { type RecoveryHost, startRecoveryHost } from './recovery-host.ts';

/** Starts it for the file that calls this, and stops it after the file's tests. */
export async function serveOrders(): Promise<RecoveryHost> {
  const served = await startRecoveryHost();
  afterAll(() => served.stop());
  beforeEach(async () => {
    const world = await served.replace();
    world.hsm.deleteKey('orders');
  });
  return served;
}

/** What a person is answered to a GET below `/api/`, as it came. */
export function readerOf(served: RecoveryHost): (person: string, path: string) => Promise<unknown> {
  return async (person, path) => (await served.send(person, 'GET', path)).json();
}
