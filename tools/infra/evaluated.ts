/** A prediction as one cloud would have it. */
import { z } from 'zod';
import type { Cloud } from './clouds.ts';
import { evaluateAll } from './expression.ts';
import { Snapshot } from './snapshot.ts';

const Json = z.json();

/** Evaluates the expressions that the compiler leaves open, and leaves out what a condition leaves out. */
export function evaluated(snapshot: Snapshot, cloud: Cloud): Snapshot {
  const { predictedResources, ...rest } = Snapshot.parse(
    evaluateAll(Json.parse(JSON.parse(JSON.stringify(snapshot))), cloud),
  );
  const resources = predictedResources
    .filter(({ condition }) => condition !== false)
    // A condition that holds is none.
    .map(({ condition, ...resource }) =>
      condition === true || condition === undefined ? resource : { ...resource, condition },
    );
  return { ...rest, predictedResources: resources };
}
