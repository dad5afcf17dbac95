/** Each route by which people change something says what it does: the sign-in is checked by that. */
import { expect, it } from 'vitest';
import { ACTIONS } from '../../../../src/features/recovery/access/sign-in.ts';
import { API_ROUTES } from '../../../../src/platform/features.ts';

/** They let nothing happen: notes in the audit log, and a proposal that others decide about. */
const NOTES: readonly string[] = ['noteBreakGlass', 'acknowledgeIncident', 'askToRearm'];

const changing = API_ROUTES.filter(({ spec }) => spec.method !== 'GET' && spec.roles !== 'anybody');

it.each(changing.map(({ spec }) => [spec.operation, spec.action] as const))(
  '%s is done by a person whose sign-in is checked',
  (operation, action) => {
    expect(action === undefined ? NOTES : ACTIONS).toContain(action ?? operation);
  },
);

it.each(ACTIONS)('%s is asked for by a route', (action) => {
  expect(changing.map(({ spec }) => spec.action)).toContain(action);
});
