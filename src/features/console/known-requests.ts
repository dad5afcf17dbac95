/** The requests as people look at them just now, read once for all who look at once; what cannot be read is said. */
import { isWardenError, type WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { Shared } from '../../core/shared.ts';
import type { RecoveryApp } from '../recovery/app.ts';
import type { RecoveryRecord } from '../recovery/model/record.ts';
import type { Home } from './model/home.ts';
import { openRequests, requestsOfKey, troubledOf, troubledRequests, waitingOf } from './requests.ts';

/** Requests named on the home page. */
const SHOWN = 20;

type List = Pick<RecoveryApp, 'list'>;
type Records = readonly RecoveryRecord[];

/** Requests, and what could not be read, in sentences. */
interface Known {
  readonly items: Records;
  readonly unknown: readonly string[];
}

/** One per process. */
export class KnownRequests {
  readonly #clock: Clock;
  readonly #open: Shared<Records>;
  readonly #troubled: Shared<Records>;

  /** What was read serves for `freshMs` milliseconds. */
  constructor(clock: Clock, freshMs: number) {
    this.#clock = clock;
    this.#open = new Shared(clock, freshMs);
    this.#troubled = new Shared(clock, freshMs);
  }

  /** Those that can still be acted on, those that end first first. */
  open(recovery: List): Promise<Known> {
    return known(() => this.#open.get(() => openRequests(recovery, this.#clock.now())));
  }

  /** Those of the last days that ended otherwise than people wanted, newest first. */
  troubled(recovery: List): Promise<Known> {
    return known(() => this.#troubled.get(() => troubledRequests(recovery)));
  }

  /** Those for a key, newest first. */
  async ofKey(recovery: List, place: { readonly hsm: string; readonly key: string }): Promise<Known> {
    let more: readonly string[] = [];
    const { items, unknown } = await known(async () => {
      const found = await requestsOfKey(recovery, place);
      more = found.unknown;
      return found.items;
    });
    return { items, unknown: [...unknown, ...more] };
  }

  /** What the home page shows of them. */
  async forHome(recovery: List): Promise<Pick<Home, 'waiting' | 'ended'>> {
    const [open, troubled] = await Promise.all([this.open(recovery), this.troubled(recovery)]);
    return {
      waiting: { ...countOf(open), items: open.items.slice(0, SHOWN).map(waitingOf) },
      ended: { ...countOf(troubled), items: troubled.items.slice(0, SHOWN).map(troubledOf) },
    };
  }
}

function countOf({ items, unknown: [unknown] }: Known) {
  return { count: items.length, ...(unknown === undefined ? {} : { unknown }) };
}

async function known(read: () => Promise<Records>): Promise<Known> {
  try {
    return { items: await read(), unknown: [] };
  } catch (error) {
    if (!isWardenError(error)) throw error;
    return { items: [], unknown: [unread(error)] };
  }
}

function unread({ message }: WardenError): string {
  return `The requests could not be read: ${message}`;
}
