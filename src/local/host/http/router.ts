/** Finds the HTTP function for a request, in the official host's order, and points out routes that hide each other. */
import { type AppSettings, bindingText } from '../app-settings.ts';
import type { RegisteredFunction } from '../load-app.ts';
import { matchRoute, parseRouteTemplate, type RouteTemplate } from './route-template.ts';

/** A route as the host serves it. */
export interface Route {
  readonly target: RegisteredFunction;
  readonly template: RouteTemplate;
  /** Upper case. */
  readonly methods: ReadonlySet<string>;
}

/** A route that fits a request, and its parameters. */
export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The routes of the given functions; those with other triggers are passed over. Fails with `route-invalid`.
 * Order is kept: the official host tries routes by function name, not by how specific they are
 * (github.com/Azure/azure-functions-host issue 9876, github.com/Azure/azure-functions-nodejs-library issue 300).
 */
export function createRoutes(
  functions: readonly RegisteredFunction[],
  routePrefix: string,
  settings: AppSettings,
): readonly Route[] {
  return functions.flatMap((target) => {
    const { binding } = target.trigger;
    if (binding.type.toLowerCase() !== 'httptrigger') return [];
    const route = bindingText(binding, 'route', settings) || target.metadata.name;
    const methods = Array.isArray(binding.methods)
      ? binding.methods.map((method) => String(method).toUpperCase())
      : [];
    return [
      {
        target,
        template: parseRouteTemplate(routePrefix === '' ? route : `${routePrefix}/${route}`),
        methods: new Set(methods),
      },
    ];
  });
}

/** The first route that fits method and path; undefined when none does (the official host then answers 404, never 405). */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: readonly string[],
): RouteMatch | undefined {
  for (const route of routes) {
    if (!route.methods.has(method)) continue;
    const params = matchRoute(route.template, path);
    if (params) return { route, params };
  }
  return undefined;
}

/**
 * Routes that can never, or not for every path they were written for, be reached because an earlier one takes their
 * requests: a sentence for each, meant as a warning.
 */
export function hiddenRoutes(routes: readonly Route[]): readonly string[] {
  return routes.flatMap((later, index) =>
    routes.slice(0, index).flatMap((earlier) => {
      const shared = [...later.methods].some((method) => earlier.methods.has(method));
      if (!shared || !hides(earlier.template, later.template)) return [];
      return [
        `${earlier.target.metadata.name} (${earlier.template.text}) takes requests meant for ${later.target.metadata.name} (${later.template.text}): ` +
          'routes are tried in the order of function names',
      ];
    }),
  );
}

/** Whether `earlier` fits a path made of the literals of `later`, with a neutral word for its parameters. */
function hides(earlier: RouteTemplate, later: RouteTemplate): boolean {
  const example = later.segments.map((segment) => (segment.kind === 'literal' ? segment.text : 'x'));
  return matchRoute(earlier, example) !== undefined;
}
