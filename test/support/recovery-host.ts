/** The recovery served over loopback HTTP by the local Functions host, over an in-memory world and a real token issuer. */

import { identityProof } from '../../src/adapters/auth/identity-proof.ts';
import { TokenAuthenticator } from '../../src/adapters/auth/token-authenticator.ts';
import { TokenVerifier } from '../../src/adapters/auth/token-verifier.ts';
import { HmacWebhookSignatures } from '../../src/adapters/auth/webhook-signatures.ts';
import { DecisionReader } from '../../src/features/fleet/decision-reader.ts';
import { readFleet } from '../../src/features/fleet/read-fleet.ts';
import { createRecoveryApp, type RecoveryAppDeps } from '../../src/features/recovery/app.ts';
import { startHost } from '../../src/local/host/host.ts';
import type { Host } from '../../src/local/host/host-options.ts';
import { createMemoryScheduleStore } from '../../src/local/host/timer/schedule-store.ts';
import {
  type Issuer,
  LOCAL_AUDIENCE,
  LOCAL_SCOPE,
  LOCAL_TENANT,
  startIssuer,
} from '../../src/local/issuer/issuer.ts';
import { slot } from '../functions/apps/slot.ts';
import { consoleOf } from './console-of.ts';
import { MemoryDeadLetters } from './memory/memory-dead-letters.ts';
import { DAY_MS } from './recovery-builders.ts';
import { RecoveryWorld } from './recovery-world.ts';

/** `whsec_` and 32 bytes each: a secret and the one it is rotated to. */
export const SECRETS = [
  `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  `whsec_${Buffer.alloc(32, 2).toString('base64')}`,
];

/** The client id of the application that may deliver to the source `alerts`. */
export const WEBHOOK_APP = '9a1d0000-0000-4000-8000-00000000000a';

/** A served world. */
export interface RecoveryHost {
  readonly world: RecoveryWorld;
  readonly issuer: Issuer;
  readonly host: Host;
  /** Sends as a person; a body is sent as JSON. */
  send(
    person: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Puts another world behind the same routes. */
  replace(change?: Partial<RecoveryAppDeps>): Promise<RecoveryWorld>;
  stop(): Promise<void>;
}

/** Starts issuer and host once; `replace` gives each test a world of its own. */
export async function startRecoveryHost(
  options: { readonly masterKey?: string } = {},
): Promise<RecoveryHost> {
  let world = await RecoveryWorld.withBackup();
  const issuer = await startIssuer({ port: 0, now: () => world.clock.now() });
  const served = {
    get world() {
      return world;
    },
    issuer,
    async replace(change: Partial<RecoveryAppDeps> = {}) {
      world = await RecoveryWorld.withBackup();
      const deps = { ...depsOf(world, issuer), ...change };
      const appFor = createRecoveryApp(deps);
      const console = consoleOf(deps);
      slot.appFor = () => ({ ...appFor(world.logger), console });
      return world;
    },
  };
  await served.replace();
  const host = await startHost({
    entry: new URL('../functions/apps/recovery-app.ts', import.meta.url),
    hostJson: { version: '2.0', extensions: { http: { routePrefix: '' } } },
    httpPort: 0,
    masterKey: options.masterKey,
    queues: false,
    timers: false,
    settings: { AzureWebJobsStorage: 'UseDevelopmentStorage=true' },
    scheduleStore: createMemoryScheduleStore(),
  });
  return Object.assign(served, {
    host,
    async send(person: string | undefined, method: string, path: string, body?: unknown, headers = {}) {
      const token = person === undefined ? undefined : await issuer.token(person);
      return fetch(`${host.url}/api/${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
    },
    async stop() {
      await host.stop(0);
      await issuer.stop();
    },
  });
}

function depsOf(world: RecoveryWorld, issuer: Issuer): RecoveryAppDeps {
  const { clock } = world;
  const trust = {
    issuer: issuer.url,
    jwksUrl: issuer.jwksUrl,
    audience: LOCAL_AUDIENCE,
    tenant: LOCAL_TENANT,
    scope: LOCAL_SCOPE,
  };
  const verifier = new TokenVerifier(trust, clock);
  world.proofs.identity = identityProof(verifier, trust, clock);
  const deps = world.deps();
  return {
    ...deps,
    authenticator: new TokenAuthenticator(verifier),
    signatures: new HmacWebhookSignatures({ alerts: SECRETS }),
    webhooks: {
      sources: ['alerts', 'grid'],
      apps: { alerts: [WEBHOOK_APP] },
      perMinute: 30,
      autoRequest: true,
    },
    requests: { ...world.openLimits, listMs: 90 * DAY_MS },
    auditStore: world.auditStore,
    deadLetters: new MemoryDeadLetters(),
    signIn: { contexts: {}, approvalMs: 900_000 },
    hsmNames: ['contoso', 'contoso-dr', 'fabrikam'],
    fleet: {
      named: [],
      decided: new DecisionReader({ ...world, decisions: undefined, hosts: 'loopback' }),
      areSealed: false,
      drills: [],
      hosts: 'loopback',
      read: () => readFleet(world.store, undefined, clock.now()),
    },
    anchor: world.anchor,
    stopping: new AbortController().signal,
  };
}
