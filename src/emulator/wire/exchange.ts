// One exchange on the wire, apart from the transport that carries it.
import type { Operation, Principal } from '../model/operation.ts';

/** A request as it came in. */
export type WireRequest = {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** The `Host` header. */
  readonly host: string;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  readonly callerAddress: string;
  readonly body: Buffer;
};

/** An answer as it goes out. */
export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How a fault on demand spoils it on its way; whole when absent. */
  readonly delivery?: 'reset' | 'truncated';
};

/** The bearer token of a request; undefined without one. */
export function bearerToken({ authorization }: WireRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** Path and query of a request's target, the query without its question mark. */
export function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** What is known about an exchange when it is over; for the audit log. Times in epoch milliseconds by the emulator's clock. */
export type Exchange = {
  readonly request: WireRequest;
  readonly operation: Operation | undefined;
  readonly principal: Principal | undefined;
  readonly status: number;
  readonly requestId: string;
  readonly startedAt: number;
  readonly durationMs: number;
};
