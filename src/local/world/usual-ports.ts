/** The ports of a local world where they are free: one place, so that no two things want the same one. */
import { createServer } from 'node:net';

/** Where people expect them: Azurite's own defaults, the alternative port of https, and beside the Functions host. */
export const WORLD_PORTS = {
  contoso: 8443,
  fabrikam: 8444,
  drill: 8445,
  sandbox: 8446,
  blob: 10_000,
  queue: 10_001,
  topic: 7073,
  issuer: 7074,
  messages: 7075,
  login: 7076,
} as const;

/** Those of the apps. */
export const APP_PORTS = { backup: 7071, recovery: 7072, drill: 7077 } as const;

/** For each name its wanted port if nothing listens there on loopback, otherwise 0, which takes a free one. */
export async function freePorts<Name extends string>(
  wanted: Readonly<Record<Name, number>>,
): Promise<Readonly<Record<Name, number>>> {
  const free = { ...wanted };
  const taken: Partial<Record<Name, number>> = {};
  for (const name in free) if (!(await isFree(free[name]))) taken[name] = 0;
  return { ...free, ...taken };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
