/** `node tools/notify-campaign.ts [EVENTS] [KILLS]`: the campaign of the notifications at its full size. Exits with 1 when it finds a fault. */
import { runCampaign } from '../test/support/notify-campaign.ts';

const [events = '10000', kills = '40'] = process.argv.slice(2);
const result = await runCampaign({ events: Number(events), kills: Number(kills), faults: 0.3, seed: 21 });
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
const { unheard, sentAfterReceipt, excess, disordered, left, leaks } = result;
process.exitCode =
  unheard.length + sentAfterReceipt + excess + disordered + left + leaks.length === 0 ? 0 : 1;
