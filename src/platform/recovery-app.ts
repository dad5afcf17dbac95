/** The recovery app: an identity of its own, with what is the recovery's alone. */
import { identityProof } from '../adapters/auth/identity-proof.ts';
import { TokenAuthenticator } from '../adapters/auth/token-authenticator.ts';
import { TokenVerifier } from '../adapters/auth/token-verifier.ts';
import { HmacWebhookSignatures } from '../adapters/auth/webhook-signatures.ts';
import { randomIds } from '../adapters/system/random-ids.ts';
import { hasRequests } from '../core/documents/has-requests.ts';
import { WardenError } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';
import { ChainedAuditLog } from '../features/audit/audit-log.ts';
import { Breaches } from '../features/audit/breaches.ts';
import { Checkpoints } from '../features/audit/checkpoints.ts';
import { type DrillsOf, readResults } from '../features/drill/model/results.ts';
import type { FleetDeps } from '../features/fleet/decide.ts';
import { DecisionReader } from '../features/fleet/decision-reader.ts';
import { readFleet } from '../features/fleet/read-fleet.ts';
import { appendProof } from '../features/recovery/access/append-proof.ts';
import { auditProof } from '../features/recovery/access/audit-proof.ts';
import { Gate } from '../features/recovery/access/gate.ts';
import { signInProof } from '../features/recovery/access/sign-in-proof.ts';
import { createRecoveryApp, type RecoveryAppFor } from '../features/recovery/app.ts';
import type { RecoveryConfig } from '../features/recovery/config.ts';
import { LoggedEvidence } from '../features/recovery/request/evidence.ts';
import { type App, bindApp, type InvocationLog, loggerTo } from './app.ts';
import type { Config, Environment } from './config/config.ts';
import { problemLine } from './config/problems.ts';
import { namedIn } from './config/with-added.ts';
import { type ApiApp, RECOVERY_FEATURES } from './features.ts';
import type { Generations } from './generations.ts';
import { generationsOn } from './growing-app.ts';
import { openConsole } from './open-console.ts';
import { openPages, type Pages } from './open-pages.ts';
import { resourcesIn } from './open-seals.ts';
import { openPlatform, type Platform } from './platform.ts';
import { processLogger } from './process-log.ts';

/** What the functions of the recovery register and call. */
export interface Recovery extends App {
  /** The recovery, logging to one invocation. */
  appFor(log: InvocationLog): ApiApp;
  /**
   * Proves the gate as the app starts, whoever may call later: a disarmed one is reported without being asked. It fails only
   * with `app-stopping`.
   */
  checkGate(): Promise<void>;
  /** The pages of the console; undefined where it is switched off. */
  readonly pages: Pages | undefined;
}

/** Makes the recovery from the configuration. Fails with `settings-invalid` when the settings name no tenant. */
export function composeRecovery(config: Config, environment: Environment): Recovery {
  if (config.recovery === undefined) {
    throw new WardenError('settings-invalid', {
      message: 'The recovery needs WARDEN_AUTH_TENANT and WARDEN_AUTH_AUDIENCE.',
      advice: 'docs/configuration.md describes them.',
    });
  }
  const generations: Generations<Recovery> = generationsOn(openPlatform({ config }), (own) =>
    recoveryOn(own, environment, () => generations.doubt),
  );
  const first = generations.latest;
  return {
    triggers: first.triggers.map((trigger) => ({
      ...trigger,
      run: (input, log) => generations.run((one) => one.run(trigger.name, input, log)),
    })),
    run: (name, input, log) => generations.run((one) => one.run(name, input, log)),
    appFor: (log) => generations.latest.appFor(log),
    pages: first.pages,
    track: async (work) => {
      // It does not fail. No answer waits for the audit log but the first: to it an HSM would be unknown that people added.
      const asked = generations.current();
      if (!generations.hasAsked) await asked;
      return generations.hold((one) => one.track(work));
    },
    stop: () => generations.stop(),
    checkGate: () => {
      void generations.current();
      return generations.hold((one) => one.checkGate());
    },
  };
}

/** One generation. */
function recoveryOn(
  platform: Platform,
  environment: Environment,
  fleetDoubt: () => string | undefined,
): Recovery {
  const { config } = platform;
  if (config.recovery === undefined) throw new Error('expected the settings of a recovery');
  const stopping = new AbortController();
  const logger = processLogger(platform.clock);
  const backups = platform.backups(logger);
  const recovery = recoveryAppOn(platform, config.recovery, {
    logger,
    backups,
    stopping: stopping.signal,
    approvers: config.notify.approvers,
    channels: config.notify.channels,
    people: config.notify.people,
    drills: drillsOn(platform, config),
    drillHsms: config.drill.hsms.map(({ name }) => name),
    settingFaults: config.faults.map(problemLine),
    fleet: {
      named: namedIn(config),
      decided: platform.decided,
      areSealed: platform.decisions !== undefined,
      hosts: config.fleet.hosts,
      drills: config.drill.hsms,
      read: () => readFleet(platform.state, platform.seals, platform.clock.now()),
    },
  });
  const console = openConsole(platform, config, config.recovery, backups, environment, fleetDoubt);
  const appFor = (log: InvocationLog) => ({ ...recovery(loggerTo(log, platform.clock)), console });
  const bound = bindApp(RECOVERY_FEATURES, config, async (log) => appFor(log), stopping);
  return {
    ...bound,
    appFor,
    pages: openPages(config),
    stop: async () => {
      await bound.stop();
      await platform.releasePace();
    },
    // A stop waits for it: cut off in its middle, it would report a gate that nobody can prove.
    checkGate: () => bound.track(() => recovery(logger).reportGate()),
  };
}

/** The part of the platform that the recovery works on. */
type RecoveryPlatform = Pick<
  Platform,
  | 'clock'
  | 'hsms'
  | 'state'
  | 'queue'
  | 'deadLetters'
  | 'bus'
  | 'auditStore'
  | 'anchor'
  | 'decisions'
  | 'once'
  | 'checkAppend'
  | 'prepare'
> &
  Partial<Pick<Platform, 'points'>>;

/** What differs between the deployed app and another that is put together from the same parts. */
export interface RecoveryParts {
  /** Where the gate reports: it belongs to no invocation. */
  readonly logger: Logger;
  readonly backups: ReturnType<Platform['backups']>;
  readonly stopping: AbortSignal;
  /** Who is asked to approve, where the settings say so. */
  readonly approvers?: Config['notify']['approvers'];
  /** The HSMs of the settings, and what discoveries know; nothing unless it is given. */
  readonly fleet?: Omit<FleetDeps, 'store' | 'audit' | 'clock'>;
  /** What is wrong with the settings of single HSMs, a sentence each. */
  readonly settingFaults?: readonly string[];
  /** How who asks hears of the outcome. */
  readonly channels?: Config['notify']['channels'];
  readonly people?: Config['notify']['people'];
  /** What restore drills came to. */
  readonly drills?: DrillsOf;
  readonly drillHsms?: readonly string[];
}

/** Makes the recovery over a platform. Nothing is contacted before the first call. */
export function recoveryAppOn(
  platform: RecoveryPlatform,
  config: RecoveryConfig,
  parts: RecoveryParts,
): RecoveryAppFor {
  const { clock, hsms, auditStore, anchor, decisions } = platform;
  const verifier = new TokenVerifier(config.trust, clock);
  const audit = new ChainedAuditLog(auditStore, anchor, clock, decisions);
  const { once } = platform;
  const { logger } = parts;
  const checkpoints = decisions && new Checkpoints({ once, decisions, clock, logger });
  const memory = {
    seen: () => audit.seen,
    hasRequests: () => hasRequests(platform.state),
    seals: decisions,
    checkpoints,
  };
  const proofs = {
    identity: identityProof(verifier, config.trust, clock),
    'sign-in': signInProof(config.signIn, clock),
    append: appendProof(platform.checkAppend, platform.prepare),
    audit: auditProof(auditStore, anchor, clock, platform.prepare, memory),
  };
  const breaches = new Breaches({ once: platform.once, store: auditStore, anchor, clock, decisions });
  return createRecoveryApp({
    ...platform,
    ...parts,
    store: platform.state,
    checkpoints,
    evidence: new LoggedEvidence(auditStore, anchor, decisions),
    audit,
    fleet: parts.fleet ?? {
      named: [],
      decided: new DecisionReader({ auditStore, anchor, decisions, hosts: 'loopback' }),
      areSealed: decisions !== undefined,
      hosts: 'loopback',
      drills: [],
      read: () => readFleet(platform.state, undefined, clock.now()),
    },
    policy: config.policy,
    breaches,
    gate: new Gate({
      policy: config.policy,
      proofs,
      breaches,
      bus: platform.bus,
      logger: parts.logger,
      clock,
    }),
    authenticator: new TokenAuthenticator(verifier, config.origin),
    signatures: new HmacWebhookSignatures(config.webhookSecrets),
    webhooks: config.webhooks,
    requests: config.requests,
    signIn: config.signIn,
    hsmNames: hsms.names,
    keysOf: (name) => hsms.get(name).keys,
    pacerOf: (name) => hsms.get(name).urgentPacer,
    sharesDomain: (a, b) => config.sharedDomains.some((names) => names.includes(a) && names.includes(b)),
    linkTo: (id) => `${config.origin ?? ''}/recoveries/${id}`,
    ids: randomIds,
  });
}

/** The results that count, of HSMs that have a drill HSM. */
function drillsOn({ state, seals }: Pick<Platform, 'state' | 'seals'>, config: Config): DrillsOf {
  const resourceOf = resourcesIn(config);
  return async (hsm, signal) =>
    config.drill.hsms.some(({ of }) => of.includes(hsm))
      ? readResults(state, hsm, { seals, resourceOf }, signal)
      : undefined;
}
