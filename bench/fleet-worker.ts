/** One instance's part of a night and of the scans, in a process of its own: HSMs and keys by its arguments. It prints its peak memory. */
import { FleetNight } from './fleet-night.ts';

const [hsms = 0, keys = 0] = process.argv.slice(2).map(Number);
const night = await FleetNight.of(hsms, keys, 0);
const sweeps = await night.sweeps(1);
const scans = await night.scans(1);
const done = Math.min(sweeps.done, scans.done);
process.stdout.write(`${JSON.stringify({ done, peakMb: process.resourceUsage().maxRSS / 1024 })}\n`);
