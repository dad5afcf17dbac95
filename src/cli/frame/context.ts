/** What a command gets from the terminal it runs in. Tests pass their own. */

import type { Clock } from '../../core/ports.ts';
import type { Environment } from '../../platform/config/config.ts';

/** Where text goes. */
export interface TextSink {
  write(text: string): unknown;
  /** Whether a person sees it as it comes. */
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** Whether nobody reads any more: whoever writes for ever may end. */
  readonly closed?: boolean | undefined;
}

/** The surroundings of one command. */
export interface CliContext {
  /** The answer, and nothing else. */
  readonly stdout: TextSink;
  /** Progress, questions, troubles. */
  readonly stderr: TextSink;
  /** What a person, or a pipe, says. */
  readonly stdin: AsyncIterable<unknown>;
  readonly environment: Environment;
  /** The folder the person stands in. */
  readonly folder: string;
  readonly clock: Clock;
  /** How this program is called where the person stands: `hsm-warden` unless this says otherwise. */
  readonly program?: string;
  /** Where the documentation is, for a program without its repository: pages in texts become addresses. */
  readonly docs?: string;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
  /** When the process began, on the timeline of `performance.now()`, milliseconds. */
  readonly startedAt?: number;
}

/** What a command gets: its surroundings, and what it was asked to leave unsaid. */
export interface CommandContext extends CliContext {
  /** Whether progress and waits are not to be spoken of. */
  readonly quiet: boolean;
  /** Sets what is said after Ctrl-C: what was done so far, and how to go on. */
  onInterrupt(words: () => string): void;
}
