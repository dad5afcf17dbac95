/** Measures a fleet: a night and a scan of 300 HSMs in virtual time, what one instance of them needs, and what its storage costs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Counted } from './delayed.ts';
import { atLeast, atMost, type Figure, plain } from './figure.ts';
import { FleetNight } from './fleet-night.ts';
import { environmentAsDeployed } from './stage.ts';

const HSMS = Number(process.env.FLEET_HSMS ?? 300);
const KEYS = Number(process.env.FLEET_KEYS ?? 1_000);
const INSTANCES = 16;
const HANGING = 2;
const SCANS_A_MONTH = 96 * 30;
const NIGHTS_A_MONTH = 30;
/** The end of a run, and that of a verification. */
const NEWS_A_NIGHT = 2;
/**
 * USD for 10,000 calls of Blob storage, hot, zone-redundant, in West Europe, and of queues; prices of 2026, to be looked up again:
 * https://azure.microsoft.com/pricing/details/storage/blobs/
 */
const PRICES = { write: 0.065, read: 0.0052, queue: 0.004 } as const;

const Report = z.object({ done: z.int(), peakMb: z.number() });

/** All figures. */
export async function fleet(): Promise<Figure[]> {
  const share = Math.ceil(HSMS / INSTANCES);
  const args = ['bench/fleet-worker.ts', String(share), String(KEYS)];
  const env = { ...process.env, ...(await environmentAsDeployed()) };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const worker = Report.parse(JSON.parse(stdout));
  const night = await FleetNight.of(HSMS, KEYS, HANGING);
  const sweeps = await night.sweeps(INSTANCES);
  const scans = await night.scans(INSTANCES);
  // Calls of the summary do not depend on how many keys an HSM has, and no hanging HSM may move the clock on.
  const calm = await FleetNight.of(HSMS, 10, 0);
  await calm.scans(INSTANCES);
  const rounds = await calm.rounds();
  const news = await calm.news();
  const summaries = SCANS_A_MONTH * costOf(rounds) + NEWS_A_NIGHT * NIGHTS_A_MONTH * costOf(news);
  const month =
    (SCANS_A_MONTH * costOf(scans.counted) + NIGHTS_A_MONTH * costOf(sweeps.counted) + summaries) *
    (300 / HSMS);
  return [
    plain(`HSMs of ${KEYS} keys, of which ${HANGING} hang`, HSMS, ''),
    atLeast('HSMs that were swept', sweeps.done, '', HSMS - HANGING),
    atMost(`unchanged night on ${INSTANCES} instances, virtual`, sweeps.seconds, 's', 600),
    atLeast('HSMs that were scanned', scans.done, '', HSMS - HANGING),
    atMost(`scan of every HSM on ${INSTANCES} instances, virtual`, scans.seconds, 's', 300),
    atLeast(`HSMs of one instance of ${INSTANCES}, swept and scanned`, worker.done, '', share),
    atMost('peak memory of that process, with its stores', worker.peakMb, 'MB', 200),
    plain('storage calls of a night, by HSM', callsOf(sweeps.counted) / HSMS, ''),
    plain('storage calls of a scan, by HSM', callsOf(scans.counted) / HSMS, ''),
    plain('storage calls of the summary of the fleet between two scans, by HSM', callsOf(rounds) / HSMS, ''),
    plain('the same of 300 HSMs in a month', summaries * (300 / HSMS), 'USD'),
    ...rows('night', sweeps.counted),
    ...rows('scan', scans.counted),
    ...rows('summary between two scans', rounds),
    ...rows('summary after news', news),
    atMost('storage calls of 300 HSMs in a month', month, 'USD', 30),
  ];
}

function rows(of: string, counted: Counted): Figure[] {
  return Object.entries(counted)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([call, count]) => plain(`${of}: ${call}, by HSM`, count / HSMS, ''));
}

function callsOf(counted: Counted): number {
  return Object.entries(counted).reduce(
    (sum, [call, count]) => sum + (call.startsWith('hsm ') ? 0 : count),
    0,
  );
}

/** Of all HSMs once, USD. */
function costOf(counted: Counted): number {
  const price = (call: string) => {
    if (call.startsWith('hsm ')) return 0;
    if (call.startsWith('queue ')) return PRICES.queue;
    // A document of megabytes is staged, then committed; a lease that is taken is given back.
    if (/( writeFrom| acquire)$/.test(call)) return 2 * PRICES.write;
    return /( write| put| list)/.test(call) ? PRICES.write : PRICES.read;
  };
  return Object.entries(counted).reduce((sum, [call, count]) => sum + (count * price(call)) / 10_000, 0);
}
