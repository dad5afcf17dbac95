/** The generations of an app as one: what the host registers stays, and does its work by the newest. */
import type { App } from './app.ts';
import type { Config } from './config/config.ts';
import { Generations } from './generations.ts';
import { openPlatform, type Platform } from './platform.ts';
import { processLogger } from './process-log.ts';

/** The generations over platforms: the first on `platform`, each other on one that differs in its HSMs alone. */
export function generationsOn<T extends { stop(): Promise<void> }>(
  platform: Platform,
  make: (platform: Platform) => T,
): Generations<T> {
  const { config, decided, decisions, clock } = platform;
  const canGrow = config.fleet.scopes.length > 0 && decisions !== undefined;
  const on = (grown: Config) => (grown === config ? platform : openPlatform({ ...platform, config: grown }));
  return new Generations({
    config,
    make: (grown) => make(on(grown)),
    added: canGrow ? () => decided.added() : undefined,
    clock,
    logger: processLogger(clock),
  });
}

/** An {@link App} of generations. With `isFresh` no work begins without the decisions of before: for an app that works seldom. */
export function growingApp(platform: Platform, make: (platform: Platform) => App, isFresh = false): App {
  const generations = generationsOn(platform, make);
  return {
    triggers: generations.latest.triggers.map((trigger) => ({
      ...trigger,
      run: (input, log) => generations.run((app) => app.run(trigger.name, input, log), isFresh),
    })),
    run: (name, input, log) => generations.run((app) => app.run(name, input, log), isFresh),
    track: async (work) => {
      await generations.current();
      return generations.hold((app) => app.track(work));
    },
    stop: () => generations.stop(),
  };
}
