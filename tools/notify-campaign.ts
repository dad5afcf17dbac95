/**
 * `node tools/notify-campaign.ts [EVENTS] [KILLS] [SEED] [FAULT]`: the campaign of the notifications. Its last line is JSON; it exits with
 * 1 when it finds a fault, also one that was planted. The log of the app stays in dist/notify-campaign.
 */
import { runCampaign } from './notify-campaign/campaign.ts';
import { PLANTED_FAULTS } from './notify-campaign/planted.ts';

const [events = '10000', kills = '40', seed = '21', fault] = process.argv.slice(2);
const planted = PLANTED_FAULTS.filter(({ name }) => name === fault);
if (fault !== undefined && planted.length === 0) throw new Error(`there is no fault to plant named ${fault}`);
const plan = { events: Number(events), kills: Number(kills), seed: Number(seed), faults: 0.3 };
const started = performance.now();
const verdict = await runCampaign({
  ...plan,
  planted,
  say: (line) => void process.stderr.write(`${line}\n`),
});
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`${JSON.stringify({ ...verdict, ...plan, seconds })}\n`);
process.exitCode = verdict.ok ? 0 : 1;
