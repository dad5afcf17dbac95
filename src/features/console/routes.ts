/** The routes of the console: what its pages need, paged and bounded. */
import { KEY_ROUTES } from './key-routes.ts';
import { PERSON_ROUTES } from './person-routes.ts';
import { RECORD_ROUTES } from './record-routes.ts';

export type { ConsoleApp } from './route-call.ts';

/** By operation. */
export const CONSOLE_ROUTES = { ...PERSON_ROUTES, ...KEY_ROUTES, ...RECORD_ROUTES } as const;
