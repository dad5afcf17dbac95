/** What an app knows of itself when its settings are not valid: what is wrong with them, and who may know. */
import { TokenAuthenticator } from '../adapters/auth/token-authenticator.ts';
import { TokenVerifier } from '../adapters/auth/token-verifier.ts';
import { createJsonLogger } from '../adapters/system/json-logger.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { WardenError } from '../core/errors.ts';
import type { SettingProblem } from '../core/settings/setting.ts';
import type { Authenticator } from '../features/recovery/access/caller.ts';
import { readTrust } from './config/config.ts';
import { problemLine } from './config/problems.ts';
import type { Environment } from './config/read-values.ts';

/** An app that does nothing but say what is wrong. */
export interface Misconfigured {
  /** A line for each problem. */
  readonly problems: readonly string[];
  /** Proves people, where the settings of that are valid. */
  readonly authenticator: Authenticator | undefined;
}

/** Reads what can be known from `settings-invalid` and the environment that led to it. */
export function misconfigured({ message }: WardenError, environment: Environment): Misconfigured {
  // The first line counts the problems that follow; a single sentence is the problem itself.
  const [first = message, ...lines] = message.split('\n');
  const problems = lines.length === 0 ? [first] : lines.map((line) => line.trim());
  const trust = readTrust(environment);
  const authenticator =
    trust === undefined ? undefined : new TokenAuthenticator(new TokenVerifier(trust, systemClock));
  return { problems, authenticator };
}

/**
 * Writes one line of level error with all problems. While an app loads there is no invocation to log to; the host takes the
 * level of a line on standard error from its words: `warn` anywhere makes it a warning, else `error` an error
 * (github.com/Azure/azure-functions-host, `WorkerProcess.ParseErrorMessageAndLog`). So no `warn` may stand in it.
 */
export function logMisconfigured({ problems }: Misconfigured, write?: (line: string) => void): void {
  const message = 'settings invalid: the app serves only its health';
  logAtStart(message, { count: problems.length, problems }, write);
}

/** Writes one line of level error with what is wrong with single HSMs or the notifications, where anything is: the app goes on with the rest. */
export function logFaults(faults: readonly SettingProblem[], write?: (line: string) => void): void {
  if (faults.length === 0) return;
  const message = 'some settings invalid: the app goes on with the rest';
  logAtStart(message, { count: faults.length, problems: faults.map(problemLine) }, write);
}

function logAtStart(
  message: string,
  fields: Readonly<Record<string, unknown>>,
  write: (line: string) => void = (line) => process.stderr.write(line),
): void {
  const withoutWarn = (line: string) =>
    line.replaceAll(/(w)(a)(rn)/gi, (_, w, a, rn) => `${w}${escaped(a)}${rn}`);
  const logger = createJsonLogger({ write: (line) => write(withoutWarn(line)) }, systemClock);
  logger.error(message, fields);
}

/** A character as JSON can write it, too. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
