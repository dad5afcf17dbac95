/** Composes what the watch, the audit feed, the backup of single keys and the verification do, from ports made elsewhere. */

import {
  EventGridPublisher,
  type EventGridPublisherOptions,
} from '../adapters/events/event-grid-publisher.ts';
import { LogPublisher } from '../adapters/events/log-publisher.ts';
import type { DocumentStore } from '../core/documents/document-store.ts';
import type { EventPublisher } from '../core/events/publisher.ts';
import type { BackupPins, BackupStore, Clock, KeyService, Logger, Pacer, WorkQueue } from '../core/ports.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../core/retry.ts';
import { type AuditFeedResult, handleAuditBatch } from '../features/audit-feed/handle-batch.ts';
import { parseKeyBackupMessage } from '../features/backup/key-message.ts';
import { backUpSingleKey, type SingleKeyResult } from '../features/backup/single-key.ts';
import { parseVerifyMessage } from '../features/verify/message.ts';
import { startVerification, type VerifyResult, verify } from '../features/verify/verify.ts';
import { type LookMessage, parseLookMessage } from '../features/watch/model/message.ts';
import type { Signals } from '../features/watch/model/observation.ts';
import type { WatchPolicy } from '../features/watch/model/policy.ts';
import { type LookResult, look } from '../features/watch/scan.ts';
import type { Config } from './config/config.ts';

/** Backups read at once by the verification: they are small, and a Blob account takes thousands of requests a second. */
const VERIFY_CONCURRENCY = 8;
/** A look repeats what fails within seconds only: a quarter of an hour later comes the next. */
const LOOK_RETRY: RetryPolicy = { attempts: 4, firstDelayMs: 500, maxDelayMs: 10_000 };

/** What the functions call. `Log`: where the log of one invocation goes. */
export interface Watch<Log> {
  /** Asks for a look at every HSM. */
  startLooks(log: Log): Promise<void>;
  /** Does the look that a queue message asks for. */
  look(message: unknown, log: Log): Promise<LookResult>;
  /** Acts on a batch of the audit log. */
  readAuditBatch(batch: unknown, log: Log): Promise<AuditFeedResult>;
  /** Does the backup that a queue message asks for. */
  backUpKey(message: unknown, log: Log): Promise<SingleKeyResult>;
  /** Starts a verification of every HSM's backups; returns its identifier. */
  startVerification(log: Log): Promise<string>;
  /** Does one part of the verification that a queue message asks for. */
  verify(message: unknown, log: Log): Promise<VerifyResult>;
}

/** What is made elsewhere. */
export interface WatchParts<Log> {
  readonly config: Config;
  readonly clock: Clock;
  readonly state: DocumentStore;
  readonly queue: WorkQueue;
  readonly hsmOf: (name: string) => { readonly keys: KeyService; readonly pacer: Pacer };
  readonly loggerTo: (log: Log) => Logger;
  readonly backupsWith: (logger: Logger) => BackupStore & BackupPins;
  readonly publisherWith: (logger: Logger) => EventPublisher;
  /** Awaited before anything else, e.g. to make containers of a storage emulator. */
  readonly prepare: () => Promise<unknown>;
  /** Fires when the app is to stop. */
  readonly signal: AbortSignal;
}

/** Makes the watch of all HSMs of the settings. */
export function composeWatch<Log>(parts: WatchParts<Log>): Watch<Log> {
  const { config, clock, state, queue, signal, loggerTo } = parts;
  const names = config.hsms.map(({ name }) => name);
  const { selection } = config;
  const toolsFor = async (log: Log) => {
    await parts.prepare();
    const logger = loggerTo(log);
    const backups = parts.backupsWith(logger);
    return { state, queue, clock, logger, backups, pins: backups, publisher: parts.publisherWith(logger) };
  };
  const lookAt = async (hsm: string, signals: Signals | undefined, log: Log) => {
    const { keys } = parts.hsmOf(hsm);
    const deps = { ...(await toolsFor(log)), keys, retry: LOOK_RETRY };
    return look(deps, watchPolicy(config), signals, signal);
  };
  return {
    startLooks: async () => {
      await parts.prepare();
      for (const hsm of names) {
        const message: LookMessage = { kind: 'look', hsm };
        await queue.send('watch-looks', message);
      }
    },
    look: async (raw, log) => {
      const { hsm, signals } = parseLookMessage(raw);
      return lookAt(hsm, signals, log);
    },
    readAuditBatch: async (batch, log) => {
      const deps = {
        ...(await toolsFor(log)),
        hsms: config.hsms,
        selection,
        keysOf: (hsm: string) => parts.hsmOf(hsm).keys,
        look: (hsm: string, signals: Signals) => lookAt(hsm, signals, log),
      };
      return handleAuditBatch(deps, batch);
    },
    backUpKey: async (raw, log) => {
      const message = parseKeyBackupMessage(raw);
      const deps = { ...parts.hsmOf(message.hsm), ...(await toolsFor(log)) };
      return backUpSingleKey(deps, { selection, retry: DEFAULT_RETRY }, message, signal);
    },
    startVerification: async () => {
      await parts.prepare();
      return startVerification({ queue, clock }, names);
    },
    verify: async (raw, log) => {
      const message = parseVerifyMessage(raw);
      const { budgetMs, watch } = config;
      const retentionMs = watch.backupRetentionMs;
      const pacing = { concurrency: VERIFY_CONCURRENCY, budgetMs, retry: DEFAULT_RETRY };
      const policy = { ...pacing, selection, retentionMs };
      return verify(await toolsFor(log), policy, message, signal);
    },
  };
}

/**
 * The publisher for the log and, where the settings name one, the topic. The log comes first: alert rules read it, and
 * they must speak up above all when the topic does not.
 */
export function publisherFor(
  topicUrl: string | undefined,
  options: Omit<EventGridPublisherOptions, 'url'>,
): (logger: Logger) => EventPublisher {
  if (topicUrl === undefined) return (logger) => new LogPublisher(logger);
  const publisher = new EventGridPublisher({ ...options, url: topicUrl });
  return (logger) => ({
    publish: async (events, signal) => {
      await new LogPublisher(logger).publish(events);
      await publisher.publish(events, signal);
    },
  });
}

function watchPolicy({ watch, selection, schedule, refreshMs }: Config): WatchPolicy {
  const { thresholdsMs, unprotectedAfterMs, minRetentionDays, unreachableAfterMs } = watch;
  return {
    thresholdsMs,
    selection,
    schedule,
    graceMs: watch.overdueGraceMs,
    refreshMs,
    unprotectedAfterMs,
    minRetentionDays,
    unreachableAfterMs,
  };
}
