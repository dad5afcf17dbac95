/** Measures what a seal for each backup takes: the pace must hold, and our process may have a third more to do. */
import { atMost, type Figure, medianOf, plain } from './figure.ts';
import { startStage, sweepInProcess } from './stage.ts';
import { NO_BRAKE, on } from './sweeps.ts';

/** 600 keys at the documented limit, with a seal for each backup: the HSM and the vault answer as slowly as recorded. */
export async function sealed(): Promise<Figure[]> {
  const keys = 600;
  const flags = ['--limits', 'documented', '--latency', 'real'];
  const report = await on(await startStage(1, keys, flags, 'backup'), (stage) =>
    sweepInProcess(stage, { runId: 'sealed' }),
  );
  const [without, with_] = await cpuOfSeals();
  return [
    plain(`wall, ${keys} keys at 10/s, each backup sealed`, report.seconds, 's'),
    atMost('wall against keys / pace', report.seconds / (keys / 10), '', 1.03),
    atMost('keys without a sealed backup', report.failed + (keys - report.backedUp), '', 0),
    atMost('requests answered 429', (100 * report.refused429) / report.hsmRequests, '%', 0.5),
    plain('requests to the vault a key', report.sealRequests / keys, ''),
    plain('CPU of our process a key, without and', without, 'ms'),
    plain('with seals', with_, 'ms'),
    atMost('CPU a key with seals against without', with_ / without, 'x', 1.3),
  ];
}

/** CPU of our process a key without and with seals, milliseconds: medians of three sweeps each, in turns. */
async function cpuOfSeals(): Promise<readonly [number, number]> {
  const keys = 1000;
  const spent: [number[], number[]] = [[], []];
  for (let turn = 1; turn <= 3; turn += 1) {
    for (const [index, sealing] of [undefined, 'backup' as const].entries()) {
      const report = await on(
        await startStage(1, keys, ['--limits', 'off', '--latency', 'none'], sealing),
        (stage) => sweepInProcess(stage, { runId: 'cpu', pace: NO_BRAKE }),
      );
      if (report.failed > 0) throw new Error(`${report.failed} keys have no good backup`);
      spent[index]?.push(report.cpuMs / keys);
    }
  }
  return [medianOf(spent[0]), medianOf(spent[1])];
}
