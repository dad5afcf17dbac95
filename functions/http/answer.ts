/** Answers as the Functions library wants them. Nobody may keep one, and none is taken for anything but what it says it is. */
import type { HttpResponseInit } from '@azure/functions';
import { problemOf } from '../../src/core/problem.ts';
import type { RouteAnswer } from '../../src/core/route.ts';

const COMMON = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** A JSON answer, or one without a body. */
export function toResponse({ status, body, headers }: RouteAnswer): HttpResponseInit {
  if (body === undefined) return { status, headers: { ...COMMON, ...headers } };
  return {
    status,
    headers: { 'content-type': 'application/json', ...COMMON, ...headers },
    body: JSON.stringify(body),
  };
}

/** The answer to an error. */
export function toProblem(error: unknown, invocationId: string): HttpResponseInit {
  const { problem, retryAfterSeconds, challenge } = problemOf(error, invocationId);
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...COMMON,
      ...(problem.status === 401
        ? { 'www-authenticate': challenge === undefined ? 'Bearer' : `Bearer ${challenge}` }
        : {}),
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify(problem),
  };
}
