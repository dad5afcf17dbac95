/** Measures the emulator itself: answers a second over TLS, with limits off, from this process. */
import { Agent, request } from 'node:https';
import { atLeast, type Figure } from './figure.ts';
import { caOf, type Stage, startStage } from './stage.ts';

const CONNECTIONS = 16;

/** Reads and backups of single keys, sixteen at a time over kept connections. */
export async function emulatorThroughput(): Promise<Figure[]> {
  const stage = await startStage(1, 200, ['--limits', 'off', '--latency', 'none']);
  try {
    const gets = await perSecond(stage, 8000, (index) => ['GET', `/keys/seed-${number(index)}`]);
    const backups = await perSecond(stage, 3000, (index) => ['POST', `/keys/seed-${number(index)}/backup`]);
    return [atLeast('GET key', gets, 'answers/s', 800), atLeast('key backup', backups, 'answers/s', 300)];
  } finally {
    await stage.close();
  }
}

function number(index: number): string {
  return String((index % 200) + 1).padStart(5, '0');
}

async function perSecond(
  stage: Stage,
  total: number,
  call: (index: number) => [string, string],
): Promise<number> {
  const [hsm] = stage.hsms;
  if (hsm === undefined) throw new Error('expected an HSM');
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: await caOf(stage) });
  const headers = { authorization: `Bearer ${hsm.token}`, 'content-length': '0' };
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < total; index = next++) {
      const [method, path] = call(index);
      await answer(`${hsm?.url}${path}?api-version=7.4`, method, headers, agent);
    }
  }
  await answer(`${hsm.url}/keys?api-version=7.4`, 'GET', headers, agent);
  const started = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  agent.destroy();
  return total / ((performance.now() - started) / 1000);
}

function answer(url: string, method: string, headers: Record<string, string>, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${method} ${url} answered ${response.statusCode}`));
      response.resume().once('end', resolve);
    });
    call.once('error', reject).end();
  });
}
