/** Compares this machine's clock with the time that the storage service says in the Date header of its answers. */
import { isRestError } from '@azure/core-rest-pipeline';
import { WardenError } from '../../core/errors.ts';
import { epochOf, isoTime, MINUTE_MS } from '../../core/time.ts';

/** Names and facts of backups carry our time: beyond this difference nothing is written. */
export const MOST_SKEW_MS = MINUTE_MS;
/** How long a right clock is trusted. A wrong one is asked after before each write: somebody may set it. */
const TRUSTED_MS = 5 * MINUTE_MS;

/** What an answer of the service says of its time: an answer, or what a refusal was thrown as. */
function dateOf(answer: { readonly date?: Date } | unknown): number | undefined {
  if (isRestError(answer)) {
    const date = epochOf(answer.response?.headers.get('date') ?? '');
    return Number.isNaN(date) ? undefined : date;
  }
  return typeof answer === 'object' && answer !== null && 'date' in answer && answer.date instanceof Date
    ? answer.date.getTime()
    : undefined;
}

/** Watches over the clock of one process against one storage account. */
export class ServiceTime {
  readonly #now: () => number;
  #rightAt: number | undefined;

  /** `now` is the machine's own time, epoch milliseconds, which is not the one of a local world that was moved ahead. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Asks for the service's time with `ask`, unless the clock was found right a moment ago. A time that cannot be had says
   * nothing: the write itself will say what is wrong. Fails with `clock-wrong`.
   */
  async requireRightClock(ask: () => Promise<unknown>): Promise<void> {
    const before = this.#now();
    const age = this.#rightAt === undefined ? undefined : before - this.#rightAt;
    if (age !== undefined && age >= 0 && age < TRUSTED_MS) return;
    const answer = await ask().catch((error: unknown) => error);
    const service = dateOf(answer);
    if (service === undefined) return;
    const after = this.#now();
    // The header counts whole seconds, and the answer took its time.
    if (service >= before - MOST_SKEW_MS - 1_000 && service <= after + MOST_SKEW_MS) this.#rightAt = after;
    else throw clockWrong(after, service);
  }
}

function clockWrong(machine: number, service: number): WardenError {
  const off = Math.round(Math.abs(machine - service) / 1_000);
  const way = machine > service ? 'ahead of' : 'behind';
  return new WardenError('clock-wrong', {
    message: `Nothing was written: the clock of this machine says ${isoTime(machine)}, that of the storage account ${isoTime(service)}; it is ${off} seconds ${way} it.`,
    advice: 'Set the clock of this machine (NTP), then try again.',
  });
}
