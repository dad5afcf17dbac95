// Builders for tests of operations without a server: a state, a context, and a way to perform an operation.
import { generateMaterial } from '../../../src/emulator/crypto/material.ts';
import type {
  Operation,
  OperationContext,
  OperationRequest,
  Outcome,
} from '../../../src/emulator/model/operation.ts';
import type { PoolSettings } from '../../../src/emulator/state/model.ts';
import { PoolState } from '../../../src/emulator/state/pool-state.ts';

export const NOW = 1_700_000_000;
export const BASE_URL = 'https://contoso.managedhsm.localhost';

/** A new pool with 7 days of retention. */
export function poolState(settings: Partial<PoolSettings> = {}): PoolState {
  return new PoolState({
    name: 'contoso',
    tenantId: '11111111-1111-4111-8111-111111111111',
    retentionDays: 7,
    purgeProtection: false,
    securityDomain: 'domain of the tests',
    ...settings,
  });
}

/** A pool with operations performed on it one after the other; `clock.now` (unix seconds) can be set. */
export function workbench(settings: Partial<PoolSettings> = {}, limited = true) {
  const state = poolState(settings);
  const clock = { now: NOW };
  let counter = 0;
  const context: OperationContext = {
    baseUrl: BASE_URL,
    settings: state.settings,
    principal: { objectId: 'someone', tenantId: state.settings.tenantId },
    limited,
    now: () => clock.now,
    random: (size) => {
      counter += 1;
      const bytes = Buffer.alloc(size, 0xff);
      bytes.writeUInt8(counter % 256, size - 1);
      return bytes;
    },
    // EC keys are quick to make; tests about the type ask for it through `spec`.
    material: (spec) => generateMaterial(spec),
  };
  return {
    state,
    clock,
    context,
    async perform(
      operation: Operation,
      params: Record<string, string> = {},
      body?: unknown,
      query = '',
    ): Promise<Outcome> {
      const request: OperationRequest = {
        method: operation.method,
        path: operation.paths[0]?.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '') ?? '',
        params,
        query: new URLSearchParams(query),
        body,
      };
      const outcome = await operation.handle(request, state, context);
      for (const change of outcome.changes ?? []) state.apply(change);
      return outcome;
    },
  };
}
