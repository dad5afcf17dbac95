// The control requests of the core: clock, tokens, counts and the resource in Resource Manager.
import { z } from 'zod';
import type { ManagedHsmResource } from '../arm/managed-hsm.ts';
import type { Arrivals } from '../limits/arrivals.ts';
import type { TokenIssuer, TokenRequest } from '../tokens/issuer.ts';
import type { ControlTable } from '../wire/control.ts';

const Advance = z.union([
  z.strictObject({ advanceMs: z.number().nonnegative() }),
  z.strictObject({ advanceSeconds: z.number().nonnegative() }),
  z.strictObject({ advanceDays: z.number().nonnegative() }),
]);
const Token = z.strictObject({
  objectId: z.string().min(1),
  upn: z.string().optional(),
  appId: z.string().optional(),
  lifetimeSeconds: z.number().positive().optional(),
  audience: z.string().optional(),
  tenantId: z.string().optional(),
});
const MILLISECONDS = { advanceMs: 1, advanceSeconds: 1000, advanceDays: 86_400_000 } as const;

/** The parts of an emulator that can be controlled. */
export type Controlled = {
  readonly issuer: TokenIssuer;
  now(): number;
  /** Moves the clock forward by so many milliseconds and purges what is due. */
  advance(ms: number): Promise<void>;
  /** Active and soft-deleted keys. */
  counts(): { active: number; deleted: number };
};

/** `POST /_emulator/clock`, `GET /_emulator/clock`, `POST /_emulator/tokens`, `GET /_emulator/state`. */
export function coreControls(emulator: Controlled): ControlTable {
  const clock = () => ({ now: new Date(emulator.now()).toISOString(), nowMs: emulator.now() });
  return {
    'GET /_emulator/clock': () => ({ status: 200, body: clock() }),
    'POST /_emulator/clock': async (body) => {
      await emulator.advance(milliseconds(Advance.parse(body)));
      return { status: 200, body: clock() };
    },
    'POST /_emulator/tokens': async (body) => ({
      status: 200,
      body: { token: await emulator.issuer.issue(tokenRequest(Token.parse(body))) },
    }),
    'GET /_emulator/state': () => ({ status: 200, body: { ...clock(), keys: emulator.counts() } }),
  };
}

/** `GET /_emulator/managed-hsm` and `PATCH`: what a test sets of the pool's resource in Resource Manager. */
export function resourceControls(resource: ManagedHsmResource): ControlTable {
  return {
    'GET /_emulator/managed-hsm': () => ({ status: 200, body: { id: resource.id, ...resource.settable() } }),
    'PATCH /_emulator/managed-hsm': (body) => ({
      status: 200,
      body: { id: resource.id, ...resource.change(body) },
    }),
  };
}

/** `GET /_emulator/requests`: what arrived, operation by operation and second by second; `DELETE` starts from zero. */
export function arrivalControls(arrivals: Pick<Arrivals, 'counts' | 'clear'>): ControlTable {
  return {
    'GET /_emulator/requests': () => ({ status: 200, body: arrivals.counts() }),
    'DELETE /_emulator/requests': () => {
      arrivals.clear();
      return { status: 204 };
    },
  };
}

function milliseconds(advance: z.infer<typeof Advance>): number {
  const entries = Object.entries(MILLISECONDS).map(([unit, ms]) => {
    const amount = z.record(z.string(), z.number()).parse(advance)[unit];
    return (amount ?? 0) * ms;
  });
  return entries.reduce((sum, ms) => sum + ms, 0);
}

// Absent members stay absent: an undefined member would be another value for exact optional types.
function tokenRequest(token: z.infer<typeof Token>): TokenRequest {
  const { objectId, upn, appId, lifetimeSeconds, audience, tenantId } = token;
  return {
    objectId,
    ...(upn !== undefined && { upn }),
    ...(appId !== undefined && { appId }),
    ...(lifetimeSeconds !== undefined && { lifetimeSeconds }),
    ...(audience !== undefined && { audience }),
    ...(tenantId !== undefined && { tenantId }),
  };
}
