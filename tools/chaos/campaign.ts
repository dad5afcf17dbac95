/** One campaign: a world, a fleet over it, chaos for a while, rest, and the verdict. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChaosArguments } from './arguments.ts';
import { collectEvidence } from './checker/collect.ts';
import { judge, type Verdict } from './checker/judge.ts';
import { bundle } from './fleet/bundle.ts';
import { Directions } from './moments/directions.ts';
import { settle } from './settle.ts';
import { raiseChaos, type Stage, setStage } from './stage.ts';
import type { Weather } from './world/detours.ts';

/** The last line of a campaign. */
export interface CampaignResult extends Record<keyof Verdict, number> {
  readonly seed: number;
  readonly kills: number;
  readonly faults: number;
  readonly operations: number;
}

/** Runs a campaign and says on the way what happens. Fails when the world does not start. */
export async function runCampaign(
  args: ChaosArguments,
  say: (line: string) => void,
): Promise<CampaignResult> {
  const { seed, durationMs, kills, rate, bug } = args;
  say(`seed ${seed}: ${durationMs / 60_000} minutes, ${kills} kills, ${rate * 100} % of requests ill`);
  if (bug !== undefined) say(`planted: ${bug.what}`);
  const scripts = await bundle(bug);
  const folder = await mkdtemp(join(tmpdir(), 'warden-chaos-'));
  const weather: Weather = {
    seed,
    rate,
    clearing: new AbortController(),
    directions: new Directions(),
    faults: 0,
    requests: 0,
  };
  const hung: string[] = [];
  let stage: Stage | undefined;
  // Without its logs nobody finds out why a campaign failed: an hour of it is not played again for them.
  let keep = bug === undefined;
  try {
    stage = await setStage({ folder, scripts, weather, onHung: (what) => void hung.push(what) });
    const counts = await raiseChaos(stage, { seed, durationMs, kills }, say);
    say(
      `${counts.kills} kills, ${weather.faults} faults in ${weather.requests} requests; now all comes to rest`,
    );
    hung.push(...(await settle(stage, durationMs, say)));
    const evidence = await collectEvidence({ ...stage.whereEverythingIs(), hung });
    if (args.keep) await writeFile(join(folder, 'evidence.json'), JSON.stringify(evidence));
    const verdict = judge(evidence);
    for (const [what, findings] of Object.entries(verdict))
      for (const one of findings) say(`${what}: ${one}`);
    if (Object.values(verdict).every((findings) => findings.length === 0)) keep = false;
    const { lost, doubled, unapproved, unreported } = verdict;
    return {
      seed,
      kills: counts.kills,
      faults: weather.faults,
      operations: counts.operations,
      lost: lost.length,
      doubled: doubled.length,
      unapproved: unapproved.length,
      unreported: unreported.length,
      hung: verdict.hung.length,
    };
  } finally {
    await stage?.close();
    if (args.keep || keep) say(`the world and its logs are kept in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}
