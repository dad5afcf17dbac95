/** Starts an app, or, with bad settings, the one function that says so. */
import { app } from '@azure/functions';
import { isWardenError } from '../src/core/errors.ts';
import { READERS, requirePerson } from '../src/features/recovery/access/caller.ts';
import { type Config, readConfig } from '../src/platform/config/config.ts';
import {
  logFaults,
  logMisconfigured,
  type Misconfigured,
  misconfigured,
} from '../src/platform/misconfigured.ts';
import { alwaysAnswered } from './http/always-answered.ts';
import { toResponse } from './http/answer.ts';

/**
 * Reads the settings and runs `compose`, which registers the app. An entry point that throws would leave the host running
 * without any function, and the reasons in lines of level Information: so `settings-invalid` becomes one line of level error, and
 * `GET /api/health` answers 503. What is wrong with single HSMs becomes such a line, too, and the app starts. Any other failure escapes.
 */
export function startApp(compose: (config: Config) => void): void {
  try {
    const config = readConfig(process.env);
    logFaults(config.faults);
    compose(config);
  } catch (error) {
    if (!isWardenError(error) || error.code !== 'settings-invalid') throw error;
    const known = misconfigured(error, process.env);
    logMisconfigured(known);
    serveHealth(known);
  }
}

/** Anybody learns how many problems there are; a person with a role, which. */
function serveHealth({ problems, authenticator }: Misconfigured): void {
  app.http('health', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'api/health',
    handler: alwaysAnswered(async ({ headers }) => {
      const body = { status: 'misconfigured', problemCount: problems.length };
      if (headers.get('authorization') === null || authenticator === undefined) {
        return toResponse({ status: 503, body });
      }
      requirePerson(await authenticator.authenticate(headers, 'GET'), ...READERS);
      return toResponse({ status: 503, body: { ...body, problems } });
    }),
  });
}
