/** Ids may be given by their beginning, where no other id begins so. */
import { UsageError } from '../frame/failures.ts';

/** Ids that are named when a beginning is not enough. */
const NAMED = 5;

/** The one of `ids` that begins with `given`. `what`: what the ids are of, like `request`; `advice`: what shows them. Fails with UsageError. */
export function onlyIdOf(ids: readonly string[], given: string, what: string, advice: string): string {
  const found = ids.filter((id) => id.startsWith(given));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new UsageError(
    only === undefined
      ? `No ${what}'s id begins with ${given}.`
      : `${given} is the beginning of ${found.length} ids: ${found.slice(0, NAMED).join(', ')}${found.length > NAMED ? ', …' : ''}.`,
    advice,
  );
}
