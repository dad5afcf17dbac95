/** `node tools/notify-campaign.ts [EVENTS] [KILLS]`: the campaign of the notifications at its full size. Its last line is JSON; it exits with 1 when it finds a fault. */
import { runCampaign } from '../test/support/notify-campaign.ts';

const [events = '10000', kills = '40'] = process.argv.slice(2);
const started = performance.now();
const result = await runCampaign({ events: Number(events), kills: Number(kills), faults: 0.3, seed: 21 });
const seconds = Math.round((performance.now() - started) / 1000);
const { unheard, sentAfterReceipt, excess, disordered, left, leaks, strays } = result;
const faults = unheard.length + sentAfterReceipt + excess + disordered + left + leaks.length + strays;
process.stdout.write(`${JSON.stringify({ ok: faults === 0, events: Number(events), seconds, ...result })}\n`);
process.exitCode = faults === 0 ? 0 : 1;
