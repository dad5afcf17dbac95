/** Says that restores are unproven: nobody has named a drill HSM, or no drill ends in the one that is named. */
import { CLOCK_SKEW_MS, DAY_MS, HOUR_MS, isoTime } from '../../../core/time.ts';
import type { JudgeContext } from '../model/context.ts';
import type { Finding } from '../model/events.ts';

/** What is known of the drills of an HSM. Times are epoch milliseconds. */
export interface DrillsSeen {
  /** The drill HSM that the settings name for it. */
  readonly drillHsm?: string;
  /** When the last run ended there that could begin; absent before the first. */
  readonly lastAt?: number;
  /** Within how many days each key is to be proven. */
  readonly days: number;
}

/** A drill HSM that was just named has this long for its first run: new keys are proven within a day. */
const FIRST_RUN_MS = DAY_MS + HOUR_MS;

type Fault = (since: number) => Finding;

/** Holds while no drill HSM is named. */
export function noDrillHsm({ hsm }: JudgeContext, { drillHsm }: DrillsSeen): Fault | undefined {
  if (drillHsm !== undefined) return undefined;
  return (since) => ({
    kind: 'restores-unproven',
    discriminator: `no drill HSM since ${since}`,
    data: {
      hsm,
      severity: 'warning',
      reason: 'no-drill-hsm',
      since: isoTime(since),
      todo: 'Make an HSM of the same security domain without purge protection, and name it in WARDEN_DRILL_HSMS: docs/drills.md.',
    },
  });
}

/**
 * Holds while a drill HSM is named and nothing was drilled there within the days of the guarantee. `heldSince`: since when it was seen to
 * hold; before the first run that is all there is to count from.
 */
export function noDrill(
  { hsm, now }: JudgeContext,
  { drillHsm, lastAt: datedAt, days }: DrillsSeen,
  heldSince: number,
): Fault | 'not-yet' | undefined {
  if (drillHsm === undefined) return undefined;
  // A run of the future was dated by a clock that was ahead: when it ended nobody knows, and it would keep this silent until then.
  const lastAt = datedAt !== undefined && datedAt <= now + CLOCK_SKEW_MS ? datedAt : undefined;
  if (lastAt !== undefined && now - lastAt <= days * DAY_MS) return undefined;
  if (lastAt === undefined && now - heldSince < FIRST_RUN_MS) return 'not-yet';
  return (since) => ({
    kind: 'restores-unproven',
    discriminator: `no drill since ${lastAt ?? since}`,
    data: {
      hsm,
      severity: 'high',
      reason: 'no-drill',
      since: isoTime(since),
      drillHsm,
      ...(lastAt === undefined ? {} : { lastDrillAt: isoTime(lastAt) }),
      todo: 'Find out why the drill app does not run: its log, and hsm-warden drill list.',
    },
  });
}
