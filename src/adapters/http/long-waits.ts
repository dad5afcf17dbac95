/** Keeps a client of the SDK from sleeping between two tries for as long as a service says. */
import { isRestError, type PipelinePolicy } from '@azure/core-rest-pipeline';

/** A longer wait between two tries of one call is not the pipeline's to wait: it knows no limit of its own. Milliseconds. */
const LONGEST_PAUSE_MS = 10_000;
/** Where a service says how long to wait, and in what unit, in milliseconds. */
const WISHES = [
  ['retry-after', 1000],
  ['retry-after-ms', 1],
  ['x-ms-retry-after-ms', 1],
] as const;
const KEPT = 'x-kept-';

/** For each try: hides a wish for a longer wait, or one that is no number, from the pipeline. */
export const NO_LONG_WAITS: PipelinePolicy = {
  name: 'noLongWaits',
  async sendRequest(request, next) {
    const answer = await next(request);
    for (const [name, unitMs] of WISHES) {
      const wish = answer.headers.get(name);
      if (wish === undefined || Number(wish) * unitMs <= LONGEST_PAUSE_MS) continue;
      answer.headers.delete(name);
      answer.headers.set(`${KEPT}${name}`, wish);
    }
    return answer;
  },
};

/** For the call as a whole: shows whoever reads its failure what {@link NO_LONG_WAITS} hid. */
export const LONG_WAITS_SHOWN: PipelinePolicy = {
  name: 'longWaitsShown',
  async sendRequest(request, next) {
    try {
      return await next(request);
    } catch (error) {
      const headers = isRestError(error) ? error.response?.headers : undefined;
      for (const [name] of WISHES) {
        const wish = headers?.get(`${KEPT}${name}`);
        if (wish !== undefined) headers?.set(name, wish);
      }
      throw error;
    }
  },
};
