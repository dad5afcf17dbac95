/** `status --last-scan`: what the home page says, read from the summary of the fleet. No HSM is asked, and no backup is listed. */
import { definedOnly } from '../../core/defined-only.ts';
import { HomePage, sentenceOf } from '../../features/console/home.ts';
import { Losses } from '../../features/console/losses.ts';
import type { HomeHsm } from '../../features/console/model/home.ts';
import { Summaries } from '../../features/console/summaries.ts';
import { FleetDocuments } from '../../features/fleet-summary/fleet-documents.ts';
import { watchPolicy } from '../../features/watch/settings.ts';
import type { Config } from '../../platform/config/config.ts';
import { resourcesIn } from '../../platform/open-seals.ts';
import { unusable } from '../../platform/unusable-hsm.ts';
import type { Store } from '../connect/compose-cli.ts';
import { isoCell } from '../connect/warden-options.ts';
import type { CliContext } from '../frame/context.ts';
import { type Paint, paintFor } from '../frame/style.ts';
import { NOT_SEALED } from '../seal/describe-seal.ts';
import { ago } from './lost-lines.ts';
import { SIGNS } from './signs.ts';

/** What the last scans saw of the HSMs named `chosen`. Fails with nothing but faults of ours: what cannot be read is said. */
export async function lastScans(
  store: Pick<Store, 'state' | 'seals' | 'auditStore' | 'anchor' | 'decisions'>,
  config: Config,
  chosen: readonly string[],
  { clock }: Pick<CliContext, 'clock'>,
): Promise<readonly HomeHsm[]> {
  const { state, seals } = store;
  const nights = watchPolicy(config);
  const hsms = config.hsms.map(({ name }) => name);
  const fleet = new FleetDocuments({ store: state, clock, hsms, nights });
  await fleet.renew();
  const eventsOf = (hsm: string) => fleet.events(hsm);
  const resourceOf = resourcesIn(config);
  const faults = new Map(config.hsms.map(({ name, fault }) => [name, fault]));
  const faultOf = (hsm: string) => {
    const fault = faults.get(hsm);
    return fault === undefined ? undefined : unusable(hsm, fault).message;
  };
  const summaries = new Summaries({ store: fleet, clock, seals, resourceOf, eventsOf, faultOf });
  const losses = new Losses(store);
  return new HomePage({ store: fleet, summaries, losses, hsms: chosen, clock, nights }).hsms();
}

/** The answer of the command. `isWhole`: no HSM may be missing that people added. */
export function lastScanAnswer(
  hsms: readonly HomeHsm[],
  isWhole: boolean,
  context: Pick<CliContext, 'stdout' | 'clock' | 'environment'>,
) {
  const home = sentenceOf(hsms);
  const verdict = home.verdict === 'safe' && !isWhole ? 'unknown' : home.verdict;
  const { sealed, judgedAt } = home;
  return {
    data: { safe: verdict === 'safe', sealed, verdict, ...definedOnly({ judgedAt }), hsms },
    table: {
      columns: ['Hsm', 'Verdict', 'Active', 'Covered', 'Excluded', 'Risks', 'Deleted', 'Lost', 'Scanned'],
      rows: hsms.map(({ hsm, verdict: of, counts, scannedAt }) => [
        ...[hsm, of, counts?.active, counts?.covered, counts?.excluded, counts?.risks],
        ...[counts?.deleted, counts?.lost, isoCell(scannedAt)],
      ]),
    },
    page: pageOf(
      hsms,
      verdict === home.verdict ? home.sentence : 'It is not known whether every key is safe.',
      context,
    ),
    verdict,
  };
}

/** The screen: a line or more for each HSM, those that need somebody first, then the one sentence. */
function pageOf(
  hsms: readonly HomeHsm[],
  sentence: string,
  context: Pick<CliContext, 'stdout' | 'clock' | 'environment'>,
): string {
  const paint = paintFor(context, context.stdout);
  const now = context.clock.now();
  const order = { 'at-risk': 0, unknown: 1, safe: 2 };
  const sorted = hsms.toSorted((a, b) => order[a.verdict] - order[b.verdict]);
  return [...sorted.flatMap((one) => linesOf(one, now, paint)), '', paint('bold', sentence)].join('\n');
}

function linesOf(one: HomeHsm, now: number, paint: Paint): readonly string[] {
  const { hsm, verdict, sealed, why, counts, scannedAt, lastRun, verifiedAt, risks, lost, warnings } = one;
  const [colour, sign] = SIGNS[verdict];
  const head = `${paint('bold', hsm)}  ${paint(colour, sign)}${sealed ? '' : `  ${NOT_SEALED}`}`;
  const since = (at: string | undefined) => ago(at === undefined ? undefined : Date.parse(at), now);
  const ages = [
    ...(counts === undefined ? [] : [`${counts.covered} of ${counts.active} active keys with a good backup`]),
    `last scan ${since(scannedAt)}`,
    `last run ${since(lastRun?.endedAt)}`,
    `last verification ${since(verifiedAt)}`,
  ];
  return [
    `${head}  ${ages.join('; ')}`,
    ...(why === undefined ? [] : [`  ${paint('yellow', '?')} ${why}`]),
    ...lost.map(({ key }) => `  ${paint('red', 'LOST')} ${key}`),
    ...risks.map(({ key, detail }) => `  ${paint('red', '!')} ${key}: ${detail}`),
    ...warnings.map((warning) => `  ${paint('yellow', '*')} ${warning}`),
  ];
}
