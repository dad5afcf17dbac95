/** Measures sweeps: at the set pace, against a plain loop, of unchanged keys, and their CPU and memory. */
import { KeyClient } from '@azure/keyvault-keys';
import { BlobServiceClient } from '@azure/storage-blob';
import { atLeast, atMost, type Figure, medianOf, plain } from './figure.ts';
import { caOf, type Stage, startStage, sweepInProcess, type WorkerReport } from './stage.ts';

/** Faster than any emulator here: the app without its brake. */
export const NO_BRAKE = 100_000;

/** Does `work` on a stage, and closes it. */
export async function on<T>(stage: Stage, work: (stage: Stage) => Promise<T>): Promise<T> {
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

/** 600 keys at the documented limit, answers as slow as recorded. */
export async function paced(): Promise<Figure[]> {
  const keys = 600;
  return on(await startStage(1, keys, ['--limits', 'documented', '--latency', 'real']), async (stage) => {
    const report = await sweepInProcess(stage, { runId: 'paced' });
    return [
      plain(`wall, ${keys} keys at 10/s`, report.seconds, 's'),
      atMost('wall against keys / pace', report.seconds / (keys / 10), '', 1.03),
      atMost('keys without a backup', report.failed + (keys - report.backedUp), '', 0),
      atMost('requests answered 429', (100 * report.refused429) / report.hsmRequests, '%', 0.5),
    ];
  });
}

/** Our sweep without its brake against the loop anyone would write, over the same keys. */
export async function sequential(): Promise<Figure[]> {
  const keys = 300;
  return on(await startStage(1, keys, ['--limits', 'off', '--latency', 'real']), async (stage) => {
    const loop = await plainLoop(stage, keys);
    const report = await sweepInProcess(stage, { runId: 'sequential', pace: NO_BRAKE });
    const ours = report.backedUp / report.seconds;
    return [
      plain('plain loop', loop, 'keys/s'),
      plain('sweep', ours, 'keys/s'),
      atLeast('sweep against plain loop', ours / loop, 'x', 5),
    ];
  });
}

/** `KeyClient.backupKey`, then `uploadData`, one key after the other. Returns keys a second. */
async function plainLoop(stage: Stage, keys: number): Promise<number> {
  const { client } = await plainClient(stage);
  const container = BlobServiceClient.fromConnectionString(stage.connectionString).getContainerClient(
    'plain-loop',
  );
  await container.create();
  const started = performance.now();
  for await (const { name } of client.listPropertiesOfKeys()) {
    const backup = await client.backupKey(name);
    await container.getBlockBlobClient(name).uploadData(backup ?? new Uint8Array());
  }
  return keys / ((performance.now() - started) / 1000);
}

/** A KeyClient as anyone would make it. */
async function plainClient(stage: Stage): Promise<{ client: KeyClient }> {
  const [hsm] = stage.hsms;
  if (hsm === undefined) throw new Error('expected an HSM');
  const credential = {
    getToken: async () => ({ token: hsm.token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const tls = { tlsOptions: { ca: await caOf(stage) } };
  return {
    client: new KeyClient(hsm.url, credential, { ...tls, disableChallengeResourceVerification: true }),
  };
}

/** Nothing slows the app but itself. */
export async function unbraked(): Promise<Figure[]> {
  const keys = 1000;
  return on(await startStage(1, keys, ['--limits', 'off', '--latency', 'none']), async (stage) => {
    const report = await sweepInProcess(stage, { runId: 'cpu', pace: NO_BRAKE });
    return [
      plain('CPU of our process a key', report.cpuMs / keys, 'ms'),
      plain('sweep', keys / report.seconds, 'keys/s'),
    ];
  });
}

/** A night on which nothing has changed. */
export async function unchanged(): Promise<Figure[]> {
  const keys = 5000;
  const fast = await on(
    await startStage(1, keys, ['--limits', 'off', '--latency', 'none']),
    async (stage) => {
      await sweepInProcess(stage, { runId: 'first', pace: NO_BRAKE });
      return sweepInProcess(stage, { runId: 'second' });
    },
  );
  const [slow, listing] = await on(
    await startStage(1, keys, ['--limits', 'off', '--latency', 'real']),
    async (stage) => {
      await sweepInProcess(stage, { runId: 'first', pace: NO_BRAKE });
      // Taking turns, because the answers' times are drawn again each time.
      let [sweeps, listings] = [0, 0];
      for (const runId of ['second', 'third', 'fourth']) {
        sweeps += (await sweepInProcess(stage, { runId })).seconds;
        listings += await plainListing(stage);
      }
      return [sweeps / 3, listings / 3];
    },
  );
  return [
    atMost('keys not found unchanged', keys - fast.unchanged, '', 0),
    atMost('HSM requests', fast.hsmRequests, '', 205),
    atMost('storage requests', fast.storageRequests, '', 10),
    atMost('wall without latencies', fast.seconds, 's', 3),
    plain('plain listing of the same pages, with latencies', listing, 's'),
    atMost('wall with latencies against plain listing', slow / listing, '', 1.1),
  ];
}

/** Listing alone, page after page: what the answers of the list take alone. Returns seconds. */
async function plainListing(stage: Stage): Promise<number> {
  const { client } = await plainClient(stage);
  const started = performance.now();
  for await (const page of client.listPropertiesOfKeys().byPage({ maxPageSize: 25 })) void page;
  return (performance.now() - started) / 1000;
}

/** Peak memory of the process that sweeps everything; medians, since when garbage is collected is a matter of chance. */
export async function memory(): Promise<Figure[]> {
  const [ones, fours]: [WorkerReport[], WorkerReport[]] = [[], []];
  for (let turn = 1; turn <= 3; turn += 1) {
    ones.push(await firstSweep(1, 5000));
    fours.push(await firstSweep(4, 5000));
  }
  const missing = [...ones, ...fours].reduce((sum, { keys, backedUp }) => sum + keys - backedUp, 0);
  const [one, four] = [medianPeak(ones), medianPeak(fours)];
  return [
    atMost('keys without a backup', missing, '', 0),
    atMost('peak, 5000 keys on one HSM', one, 'MB', 200),
    atMost('peak, 20 000 keys on four HSMs in one process', four, 'MB', 220),
    atMost('the same against one HSM', four / one, 'x', 1.1),
  ];
}

/** Every key of `count` HSMs with `keys` keys each, for the first time and as fast as it goes. */
async function firstSweep(count: number, keys: number): Promise<WorkerReport> {
  const report = await on(await startStage(count, keys, ['--limits', 'off', '--latency', 'none']), (stage) =>
    sweepInProcess(stage, { runId: 'memory', pace: NO_BRAKE }),
  );
  if (report.keys !== count * keys) throw new Error(`expected ${count * keys} keys, not ${report.keys}`);
  return report;
}

function medianPeak(reports: readonly WorkerReport[]): number {
  return medianOf(reports.map(({ peakMb }) => peakMb));
}
