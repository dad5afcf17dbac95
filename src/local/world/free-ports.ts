/** Chooses ports: the wanted one where it is free, any other where it is not. */
import { createServer } from 'node:net';

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
