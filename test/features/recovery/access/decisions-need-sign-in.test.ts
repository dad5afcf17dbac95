/** No person changes anything by a route that the settings cannot ask a stronger or fresher sign-in for. */
import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../../../src/features/recovery/access/sign-in.ts';
import { API_ROUTES } from '../../../../src/platform/features.ts';

const OF_PEOPLE = API_ROUTES.map(({ spec }) => spec).filter(({ roles }) => roles !== 'anybody');
const NAMES: readonly string[] = ACTIONS;

describe('a route by which people change something', () => {
  it.each(OF_PEOPLE.filter(({ method }) => method !== 'GET'))(
    'says what the sign-in must be good enough for: $operation',
    ({ action = 'nothing' }) => {
      expect(NAMES).toContain(action);
    },
  );

  it.each(['acknowledgeFinding', 'acknowledgeIncident', 'noteBreakGlass'])(
    'that silences an alarm needs a fresh one: %s',
    (operation) => {
      expect(OF_PEOPLE.find((spec) => spec.operation === operation)?.action).toBe('acknowledge');
    },
  );
});
