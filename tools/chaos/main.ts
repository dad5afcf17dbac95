/** `npm run chaos`: runs the product among kills and faults, lets it come to rest, and has an independent checker judge. */
import { readArguments, USAGE } from './arguments.ts';
import { runCampaign } from './campaign.ts';

const BAD_USAGE = 2;

const args = readArguments(process.argv.slice(2));
if (typeof args === 'string') {
  process.stderr.write(`${args}\n${USAGE}\n`);
  process.exitCode = BAD_USAGE;
} else if (args.help) {
  process.stdout.write(`${USAGE}\n`);
} else {
  const prose = args.json ? process.stderr : process.stdout;
  const result = await runCampaign(args, (line) => void prose.write(`${line}\n`));
  process.stdout.write(`${JSON.stringify(result)}\n`);
  const { lost, doubled, unapproved, unreported, hung } = result;
  process.exit(lost + doubled + unapproved + unreported + hung === 0 ? 0 : 1);
}
