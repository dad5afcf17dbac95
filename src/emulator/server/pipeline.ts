// What happens to a request, step by step: token, route, fault on demand, rate, right, latency, work, durability, answer.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyMaterial, MaterialSpec } from '../crypto/material.ts';
import { unproven } from '../errors.ts';
import type { FaultBox } from '../faults/fault-box.ts';
import type { FaultDecision } from '../faults/rules.ts';
import { neverArrives, refuseByFault, spoiledAnswer } from '../faults/spoil.ts';
import type { LatencySampler } from '../latency/sampler.ts';
import type { Arrivals } from '../limits/arrivals.ts';
import type { Limiter } from '../limits/limiter.ts';
import type {
  Operation,
  OperationContext,
  OperationRequest,
  Outcome,
  Principal,
} from '../model/operation.ts';
import type { createRouter, Match } from '../operations/router.ts';
import { authorize } from '../rbac/authorize.ts';
import { duePurges } from '../state/pool-state.ts';
import type { Store } from '../state/store.ts';
import type { TokenIssuer } from '../tokens/issuer.ts';
import { checkApiVersion } from '../wire/api-version.ts';
import {
  bearerToken,
  type Exchange,
  splitTarget,
  type WireAnswer,
  type WireRequest,
} from '../wire/exchange.ts';
import { requestId } from '../wire/request-id.ts';
import { challengeAnswer, errorAnswer, outcomeAnswer } from './answers.ts';

/** Everything a running pool consists of. */
export type Pool = {
  readonly store: Store;
  readonly issuer: TokenIssuer;
  readonly route: ReturnType<typeof createRouter>;
  readonly limiter: Limiter;
  readonly latency: LatencySampler;
  /** Faults on demand. */
  readonly faults: FaultBox;
  /** What arrives, second by second. */
  readonly arrivals: Arrivals;
  /** False when the documented object limits are off. */
  readonly limited: boolean;
  /** The emulator's clock, epoch milliseconds. */
  now(): number;
  /** Monotonic milliseconds. */
  elapsed(): number;
  random(size: number): Buffer;
  material(spec: MaterialSpec): Promise<KeyMaterial>;
  /** Called with every exchange when it is over. */
  observe(exchange: Exchange): void;
  /** Called with failures that are the emulator's own. */
  reportFault(error: unknown): void;
};

type Progress = { match?: Match | undefined; principal?: Principal; fault?: FaultDecision['fault'] };

/** Answers one request. Never rejects. */
export async function exchange(pool: Pool, request: WireRequest): Promise<WireAnswer> {
  const startedAt = pool.now();
  const begin = pool.elapsed();
  const id = requestId(startedAt, pool.random);
  const progress: Progress = {};
  const frame = () => ({
    request,
    requestId: id,
    latencyMs: Math.round(pool.elapsed() - begin),
    tenantId: pool.store.state.settings.tenantId,
  });
  const answer = await attempt(pool, request, progress).then(
    (outcome) => (outcome === 'challenge' ? challengeAnswer(frame()) : outcomeAnswer(outcome, frame())),
    (error: unknown) => {
      if (!isRefusal(error)) pool.reportFault(error);
      return errorAnswer(error, frame());
    },
  );
  // What was lost on its way is in no log.
  if (neverArrives(progress.fault)) return spoiledAnswer(answer, progress.fault);
  pool.observe({
    request,
    operation: progress.match?.operation,
    principal: progress.principal,
    status: answer.status,
    requestId: id,
    startedAt,
    durationMs: Math.round(pool.elapsed() - begin),
  });
  return spoiledAnswer(answer, progress.fault);
}

async function attempt(pool: Pool, request: WireRequest, progress: Progress): Promise<Outcome | 'challenge'> {
  const { state } = pool.store;
  const token = bearerToken(request);
  if (token === undefined) return 'challenge';
  const principal = await pool.issuer.verify(token);
  progress.principal = principal;

  const [path, query] = splitTarget(request.target);
  const match = pool.route(request.method, path);
  progress.match = match;
  if (!match) throw unproven('noSuchPath', { path });
  const { operation, params } = match;
  const { method } = request;
  const asked = { method, path, params, query: new URLSearchParams(query), body: parseJson(request.body) };
  checkApiVersion(asked.query, operation.limit === 'roles');
  pool.arrivals.arrived(operation.name);

  const { delayMs, fault } = pool.faults.decide({ operation: operation.name, key: params.name });
  progress.fault = fault;
  if (delayMs > 0) await sleep(delayMs);
  if (fault?.type === 'throttled') pool.arrivals.throttled(operation.name);
  refuseByFault(fault);

  if (!pool.limiter.take(operation.limit)) {
    pool.arrivals.throttled(operation.name);
    throw unproven('throttled');
  }
  authorize(operation, asked, state, principal);
  const wait = pool.latency(operation.latency);
  if (wait >= 1) await sleep(wait);
  return work(pool, operation, asked, { principal, host: request.host });
}

async function work(
  pool: Pool,
  operation: Operation,
  asked: OperationRequest,
  { principal, host }: { principal: Principal; host: string },
): Promise<Outcome> {
  const { state } = pool.store;
  await purgeDue(pool);
  const context: OperationContext = {
    baseUrl: `https://${host}`,
    settings: state.settings,
    principal,
    limited: pool.limited,
    now: () => Math.floor(pool.now() / 1000),
    random: pool.random,
    material: pool.material,
  };
  const outcome = await operation.handle(asked, state, context);
  if (outcome.changes?.length) await pool.store.commit(outcome.changes);
  return outcome;
}

/** Purges what is due by the clock; also called when the clock is moved. */
export async function purgeDue(pool: Pick<Pool, 'store' | 'now'>): Promise<void> {
  const due = duePurges(pool.store.state, Math.floor(pool.now() / 1000));
  if (due.length > 0) await pool.store.commit(due);
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw unproven('badBody', { detail: 'not JSON' }, cause);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ServiceError' || error.name === 'MaterialError');
}
