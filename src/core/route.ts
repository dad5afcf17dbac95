/** One route of the HTTP API: everything that registration, OpenAPI, documentation and clients need to know of it. */
import { z } from 'zod';
import { WardenError } from './errors.ts';
import type { Actor } from './model/names.ts';
import { cutText } from './model/plain-text.ts';

/** The part of HTTP headers that handlers read. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** A request as it came in: nothing of it has been checked. */
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  /** A member that was given twice is an array. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: HeaderReader;
  /** The body as text. Fails with `media-type-unsupported`, `request-too-large`, or `request-invalid`. */
  text(mediaTypes: readonly string[]): Promise<string>;
}

/** What a handler answers. */
export interface RouteAnswer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One answer of a route, as described to callers; without a schema it has no body. */
interface AnswerSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
}

/** The checked parts of a request. */
interface RouteInput<Params, Query, Headers, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
}

const Empty = z.object({});
const NoQuery = z.strictObject({});
/** The parts of a route that takes nothing: spread it, and name what the route takes. */
export const NOTHING = { params: Empty, query: NoQuery, headers: Empty, body: z.undefined() } as const;

/** A read that takes longer is answered with `answer-late`, before the pages and the command line give up. Milliseconds. */
export const ANSWER_LIMIT_MS = 28_000;

/** What a route is described by. */
export interface RouteSpec<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Headers extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  /** The function's name on the host. */
  readonly name: string;
  /** The operation's name in the description and in clients. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'OPTIONS';
  /** Below `/api/`, with `{parameters}`. */
  readonly path: string;
  readonly summary: string;
  /** People with one of these app roles may call; `anybody`: the handler itself decides what it says to whom. */
  readonly roles: readonly string[] | 'anybody';
  /**
   * Nothing is answered while the gate is disarmed; `identity`: answered all the same where only the audit log is the reason, for
   * it says nothing against who calls.
   */
  readonly gated?: true | 'identity';
  /**
   * What the settings may ask a stronger or a fresher sign-in for. Several: the handler asks for the sign-in, once it knows which
   * of them it is.
   */
  readonly action?: string | readonly string[];
  readonly params: Params;
  readonly query: Query;
  /** A read is given up after so many milliseconds; {@link ANSWER_LIMIT_MS} unless it says so. */
  readonly limitMs?: number;
  /** Headers by their lower-case names. */
  readonly headers: Headers;
  readonly body: Body;
  /** Set where the handler reads the body itself, because a signature covers its very bytes. */
  readonly raw?: { readonly mediaTypes: readonly string[]; readonly schema: z.ZodType };
  /** By status. The problem answers are the same for every route. */
  readonly answers: Readonly<Record<number, AnswerSpec>>;
}

/** A call of a route. `App` is what its handler works with, `Caller` who is proven to call. */
export interface RouteCall<App, Caller> {
  readonly app: App;
  /** Set where the route asks for a role. */
  readonly caller: Caller | undefined;
  readonly request: RawRequest;
  /** Says who a token was of, whatever becomes of the call: a refusal is audited with that name. */
  readonly identify: (actor: Actor) => void;
}

/** A route of any input. */
export interface Route<App, Caller> {
  readonly spec: RouteSpec;
  /** Checks the request by the schemas and answers it. Fails with `request-invalid` or what the handler throws. */
  readonly respond: (call: RouteCall<App, Caller>) => Promise<RouteAnswer>;
}

/** What a handler of the route `Spec` is given. */
export type InputOf<Spec extends RouteSpec> = RouteInput<
  z.output<Spec['params']>,
  z.output<Spec['query']>,
  z.output<Spec['headers']>,
  z.output<Spec['body']>
>;

/** Writes a route down: its description, and what answers it. */
export function defineRoute<App, Caller, const Spec extends RouteSpec>(
  spec: Spec,
  handle: (call: RouteCall<App, Caller>, input: InputOf<Spec>) => Promise<RouteAnswer>,
): { readonly spec: Spec; readonly respond: Route<App, Caller>['respond'] } {
  return {
    spec,
    respond: async (call) => {
      const { request } = call;
      const params = checkInput<Spec['params']>(spec.params, request.params, 'path');
      const query = checkInput<Spec['query']>(spec.query, request.query, 'query');
      const headers = checkInput<Spec['headers']>(
        spec.headers,
        headersOf(spec.headers, request.headers),
        'headers',
      );
      const hasBody = !(spec.body instanceof z.ZodUndefined);
      const given = hasBody ? parseJson(await request.text(['application/json'])) : undefined;
      const body = checkInput<Spec['body']>(spec.body, given, 'body');
      return handle(call, { params, query, headers, body });
    },
  };
}

function headersOf(schema: z.ZodType, headers: HeaderReader): Readonly<Record<string, string>> {
  if (!(schema instanceof z.ZodObject)) return {};
  return Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** Text as JSON. Fails with `request-invalid`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WardenError('request-invalid', { message: 'The body is not JSON.', cause });
  }
}

/** Checks a value from outside. Fails with `request-invalid`, which says what is wrong and where. */
export function checkInput<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`);
  throw new WardenError('request-invalid', {
    message: cutText(`The request cannot be understood: ${faults.join('; ')}.`, 2000),
    advice: 'GET /api/openapi.json describes every request.',
    cause: parsed.error,
  });
}
