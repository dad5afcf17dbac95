/** What is said of lost keys: the open losses loudly, those that somebody acknowledged with who did and why. */
import type { AcknowledgedLoss, LostKey, SeenStatus } from '../../features/status/hsm-status.ts';
import { sameWorld } from '../connect/connection.ts';
import { when } from '../connect/warden-options.ts';
import { duration } from '../frame/duration.ts';
import type { Paint } from '../frame/style.ts';
import { type Place, recoveryUrl } from '../recovery/open-api.ts';

/** How the lines are shown. `now`: epoch milliseconds. */
export interface LostStyle {
  readonly connection: Place;
  readonly now: number;
  readonly paint: Paint;
}

/** An open loss, and below it the command that acknowledges it. */
export function lostLine(loss: LostKey, { connection, now, paint }: LostStyle): string {
  const { key, finding, noticedAt } = loss;
  const noticed = noticedAt === undefined ? 'no scan has noticed it yet' : `noticed ${ago(noticedAt, now)}`;
  const canAcknowledge = finding !== undefined && recoveryUrl(connection) !== undefined;
  const as = connection.world === undefined ? '' : ' --as bob';
  const fix = canAcknowledge
    ? `\n    -> hsm-warden ack ${finding} --reason 'TICKET'${as}${sameWorld(connection)}`
    : '';
  return `  ${paint('red', 'LOST')} ${key}: it was purged, and ${whatIsGone(loss)} (${noticed})${fix}`;
}

/** The losses of an HSM that were acknowledged. */
export function acknowledgedLines({ acknowledged }: Pick<SeenStatus, 'acknowledged'>): readonly string[] {
  return acknowledged.map(
    (loss: AcknowledgedLoss) =>
      `  lost, acknowledged by ${loss.acknowledged.by.name} (${when(loss.acknowledged.at)}): ${loss.key}, ${whatIsGone(loss)}; ${loss.acknowledged.reason}`,
  );
}

/** `3 d 4 h ago`, or `never`. Times: epoch milliseconds. */
export function ago(at: number | undefined, now: number): string {
  return at === undefined ? 'never' : `${duration(Math.max(0, now - at))} ago`;
}

function whatIsGone({ lost }: LostKey): string {
  return lost === 'key' ? 'no backup brings it back' : 'no backup holds its newest version';
}
