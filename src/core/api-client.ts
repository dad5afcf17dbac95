/** Calls the API by its route table: what is sent and what comes back has the types of the route. */

import type { z } from 'zod';
import { definedOnly } from './defined-only.ts';
import { ERROR_CLASSES, WardenError, type WardenErrorCode } from './errors.ts';
import { Problem } from './problem.ts';
import type { RouteSpec } from './route.ts';

/** One request, ready to be sent. */
export interface ApiRequest {
  readonly method: RouteSpec['method'];
  /** With the query, e.g. `/api/recoveries?limit=5`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What was answered. */
interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request once. Fails with the caller's own error when there is no answer. */
export type SendToApi = (request: ApiRequest) => Promise<ApiAnswer>;

/** What a call of the route `Spec` takes; what a route takes nothing of is left out. */
export interface ApiInput<Spec extends RouteSpec> {
  readonly params?: z.input<Spec['params']>;
  readonly query?: z.input<Spec['query']>;
  readonly headers?: z.input<Spec['headers']>;
  readonly body?: z.input<Spec['body']>;
}

type SchemaIn<Answer> = Answer extends { readonly schema: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : never;

/** What the route `Spec` answers when it does what it was asked. */
export type ApiValue<Spec extends RouteSpec> = SchemaIn<Spec['answers'][keyof Spec['answers']]>;

/**
 * Calls one route. Fails with the code of the problem that was answered, `request-invalid` when the answer is none of
 * the API's, or what `send` throws.
 */
export async function callApi<Spec extends RouteSpec>(
  send: SendToApi,
  spec: Spec,
  input: ApiInput<Spec>,
): Promise<ApiValue<Spec>> {
  const { status, text } = await send(requestOf(spec, input));
  const value = parse(text);
  if (status >= 400) throw refusalOf(status, value);
  const schema = spec.answers[status]?.schema;
  const parsed = schema?.safeParse(value);
  if (parsed?.success !== true) throw unexpected(status, parsed?.error);
  // The value is what the schema of one of the answers gave, which is what the type says.
  return parsed.data as ApiValue<Spec>;
}

function requestOf(spec: RouteSpec, input: ApiInput<RouteSpec>): ApiRequest {
  const { params, query, headers, body } = input;
  const path = spec.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(textsIn(params)[name] ?? ''),
  );
  const search = new URLSearchParams(textsIn(query)).toString();
  return {
    method: spec.method,
    path: `/api/${path}${search === '' ? '' : `?${search}`}`,
    headers: {
      accept: 'application/json',
      ...textsIn(headers),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

function textsIn(given: unknown): Record<string, string> {
  if (typeof given !== 'object' || given === null) return {};
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The API's own error, as if it had been thrown here. */
function refusalOf(status: number, answer: unknown): WardenError {
  const problem = Problem.safeParse(answer);
  if (!problem.success) return unexpected(status, problem.error);
  const { title, code, detail, hsm, key, changes } = problem.data;
  return new WardenError(isKnownCode(code) ? code : 'request-invalid', {
    message: title,
    ...definedOnly({ advice: detail, hsm, key, changes }),
  });
}

function isKnownCode(code: string): code is WardenErrorCode {
  return Object.hasOwn(ERROR_CLASSES, code);
}

function unexpected(status: number, cause: unknown): WardenError {
  return new WardenError('request-invalid', {
    message: `The answer ${status} is not one of the recovery app.`,
    advice: 'Check --app-url or WARDEN_ORIGIN, and that app and client are of the same version.',
    cause,
  });
}
