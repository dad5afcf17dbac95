/**
 * The operator's paths of the official host, as far as they make sense locally:
 * `POST /admin/functions/{name}`, `GET /admin/functions[/{name}]`, `GET /admin/host/status`, `GET /admin/host/ping`.
 * Source: `FunctionsController.cs` and `HostController.cs`, github.com/Azure/azure-functions-host.
 */
import { z } from 'zod';
import type { RegisteredFunction } from '../load-app.ts';

/** What the paths show and start. */
export interface AdminOptions {
  readonly functions: readonly RegisteredFunction[];
  readonly isDisabled: (name: string) => boolean;
  readonly baseUrl: () => string;
  readonly uptimeMs: () => number;
  readonly state: () => 'Running' | 'Stopping';
  /** Starts a function without waiting for its end. */
  readonly start: (target: RegisteredFunction, input: string | undefined) => void;
}

const Invocation = z.object({ input: z.string().nullish() });

/** A request to `/admin/…`; `path` comes without `admin`. */
export interface AdminRequest {
  readonly method: string;
  readonly path: readonly string[];
  readonly contentType: string;
  readonly body: Buffer;
}

/** An answer: a status, and a value to send as JSON unless it is absent. */
export interface AdminAnswer {
  readonly status: number;
  readonly json?: unknown;
}

/** Creates what answers the paths. */
export function createAdmin(options: AdminOptions): (request: AdminRequest) => AdminAnswer {
  return ({ method, path: [area = '', name = '', ...rest], contentType, body }) => {
    if (rest.length > 0) return { status: 404 };
    const target = options.functions.find((one) => one.metadata.name.toLowerCase() === name.toLowerCase());
    switch (`${method} ${area.toLowerCase()}`) {
      case 'GET functions':
        if (name === '') return { status: 200, json: options.functions.map((one) => describe(one, options)) };
        return target ? { status: 200, json: describe(target, options) } : { status: 404 };
      case 'POST functions':
        return run(target, contentType, body, options);
      case 'GET host':
        return name === 'status' ? { status: 200, json: hostStatus(options) } : ping(name);
      case 'POST host':
        return ping(name);
      default:
        return { status: 404 };
    }
  };
}

function run(
  target: RegisteredFunction | undefined,
  contentType: string,
  body: Buffer,
  options: AdminOptions,
): AdminAnswer {
  // Besides being the official host's rule, the media type keeps web pages from posting here without a preflight.
  if (!/^application\/([\w.-]+\+)?json\b/i.test(contentType)) return { status: 415 };
  const parsed = Invocation.safeParse(parseJson(body));
  if (!parsed.success) return { status: 400 };
  if (!target) return { status: 404 };
  // An HTTP function needs a request; the official host accepts the call and fails afterwards, which helps nobody.
  if (target.trigger.binding.type.toLowerCase() === 'httptrigger') return { status: 400 };
  options.start(target, parsed.data.input ?? undefined);
  return { status: 202 };
}

function hostStatus(options: AdminOptions): object {
  return { id: 'hsm-warden-local', state: options.state(), processUptime: options.uptimeMs() };
}

function ping(name: string): AdminAnswer {
  return { status: name === 'ping' ? 200 : 404 };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function describe(target: RegisteredFunction, options: AdminOptions): object {
  const { name, bindings } = target.metadata;
  return {
    name,
    href: `${options.baseUrl()}/admin/functions/${name}`,
    language: 'node',
    isDisabled: options.isDisabled(name),
    config: {
      bindings: Object.entries(bindings).map(([binding, properties]) => ({ ...properties, name: binding })),
    },
  };
}
