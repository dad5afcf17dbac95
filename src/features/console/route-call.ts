/** What the routes of the console work with. */
import type { RouteCall } from '../../core/route.ts';
import type { Caller } from '../recovery/access/caller.ts';
import type { Console, ConsoleRecovery } from './console.ts';

/** The recovery, and what its pages show. */
export interface ConsoleApp extends ConsoleRecovery {
  readonly console: Console;
}
export type Call = RouteCall<ConsoleApp, Caller>;
