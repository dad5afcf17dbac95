/** Each route by which people change something says what it does: the settings can ask a stronger or fresher sign-in for it. */
import { describe, expect, it } from 'vitest';
import { ACTIONS, FRESH_ACTIONS } from '../../../../src/features/recovery/access/sign-in.ts';
import { API_ROUTES } from '../../../../src/platform/features.ts';

const NAMES: readonly string[] = ACTIONS;
const FRESH: readonly string[] = FRESH_ACTIONS;

const changing = API_ROUTES.map(({ spec }) => spec).filter(
  ({ method, roles }) => method !== 'GET' && roles !== 'anybody',
);
const actionsOf = ({ action = 'nothing' }: (typeof changing)[number]) => [action].flat();

describe('a route by which people change something', () => {
  it.each(changing)('says what the sign-in must be good enough for: $operation', (spec) => {
    for (const action of actionsOf(spec)) expect(NAMES).toContain(action);
  });

  it.each(['approve', 'acknowledgeFinding', 'acknowledgeIncident', 'noteBreakGlass', 'approveRearming'])(
    'that lets something happen, or silences an alarm, needs a fresh one: %s',
    (operation) => {
      const spec = changing.find((one) => one.operation === operation);
      const actions = spec === undefined ? ['no such route'] : actionsOf(spec);
      for (const action of actions) expect(FRESH).toContain(action);
    },
  );
});

it.each(ACTIONS)('%s is asked for by a route', (action) => {
  expect(changing.flatMap(actionsOf)).toContain(action);
});
