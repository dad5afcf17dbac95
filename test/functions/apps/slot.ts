/** Where a test leaves the recovery that the fixture app serves. */
import type { AppForInvocation } from '../../../functions/guard.ts';

/** Filled before the app is loaded. */
export const slot: { appFor: AppForInvocation } = {
  appFor: () => {
    throw new Error('expected the test to fill the slot');
  },
};
