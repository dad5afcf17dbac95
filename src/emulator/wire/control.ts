// The control endpoint: what a real HSM does not have. Reachable from the same machine only, without a token.
import { z } from 'zod';
import type { WireRequest } from './exchange.ts';

/** Paths below this are the emulator's own. */
export const CONTROL_PREFIX = '/_emulator/';

/** The answer of a control request; JSON, or nothing. */
export type ControlAnswer = { readonly status: number; readonly body?: unknown };

/** Handles `METHOD /_emulator/…`; `body` is parsed JSON. */
type ControlHandler = (body: unknown) => ControlAnswer | Promise<ControlAnswer>;

/** Handlers by method and path, e.g. `POST /_emulator/clock`. */
export type ControlTable = Readonly<Record<string, ControlHandler>>;

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** Answers a control request: 403 from elsewhere, 404 for an unknown one, 400 for a body that does not fit. */
export async function control(table: ControlTable, request: WireRequest): Promise<ControlAnswer> {
  if (!LOOPBACK.test(request.callerAddress)) return { status: 403, body: { error: 'loopback only' } };
  const path = request.target.split('?')[0] ?? '';
  const handler = table[`${request.method} ${path}`];
  if (!handler) return { status: 404, body: { error: `no such control: ${request.method} ${path}` } };
  try {
    return await handler(request.body.length === 0 ? {} : JSON.parse(request.body.toString()));
  } catch (error) {
    if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    if (error instanceof SyntaxError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}
