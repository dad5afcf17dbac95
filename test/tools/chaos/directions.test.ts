/** What is to happen to certain requests holds until it is lifted. */
import { describe, expect, it } from 'vitest';
import { Directions } from '../../../tools/chaos/moments/directions.ts';

const ASKED = {
  method: 'POST',
  path: '/keys/orders/backup',
  headers: { authorization: 'Bearer x' },
  body: Buffer.alloc(0),
};
const REFUSED = { fault: { kind: 'refused', status: 403 } } as const;
const direction = (service: string) => ({ service, pattern: /^POST \/keys/, fate: REFUSED });

describe('the directions of a campaign', () => {
  it('are lifted one by one, or all that were in force at a moment', () => {
    const directions = new Directions();
    const liftFirst = directions.give(direction('first'));
    directions.give(direction('second'));
    const liftAll = directions.lifterOfAll();
    directions.give(direction('later'));
    const fates = () => ['first', 'second', 'later'].map((name) => directions.fateOf(name, ASKED));

    expect(fates()).toEqual([REFUSED, REFUSED, REFUSED]);
    liftFirst();
    expect(fates()).toEqual([undefined, REFUSED, REFUSED]);
    liftAll();
    expect(fates()).toEqual([undefined, undefined, REFUSED]);
  });
});
