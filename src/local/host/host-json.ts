/** Reads the parts of host.json that this host honours, with the official defaults. */
import { z } from 'zod';
import { HostError } from './host-error.ts';

const timespan = z
  .string()
  .regex(/^(\d+\.)?([01]?\d|2[0-3]):[0-5]\d:[0-5]\d$/, 'expected hh:mm:ss')
  .transform(toMilliseconds);

/**
 * Defaults and ceilings: learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json and
 * …/functions-host-json. `messageEncoding` default: extension 5.x.
 */
const HostJson = z.object({
  version: z.literal('2.0'),
  functionTimeout: z.union([timespan, z.literal('-1').transform(() => undefined)]).optional(),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
      queues: z
        .object({
          batchSize: z.int().min(1).max(32).default(16),
          newBatchThreshold: z.int().min(0).optional(),
          maxDequeueCount: z.int().min(1).default(5),
          maxPollingInterval: z.union([timespan, z.int().min(100)]).prefault('00:01:00'),
          visibilityTimeout: timespan.prefault('00:00:00'),
          messageEncoding: z.enum(['base64', 'none']).default('base64'),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** How storage queues are polled; intervals in milliseconds. */
export interface QueueSettings {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  readonly maxPollingIntervalMs: number;
  readonly visibilityTimeoutMs: number;
  readonly messageEncoding: 'base64' | 'none';
}

/** The settings of host.json that matter here. */
export interface HostSettings {
  readonly routePrefix: string;
  /** No limit when absent. */
  readonly functionTimeoutMs: number | undefined;
  readonly queues: QueueSettings;
}

/** Parses the content of host.json. Fails with `host-json-invalid`, naming every problem. */
export function parseHostJson(content: unknown): HostSettings {
  const parsed = HostJson.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new HostError('host-json-invalid', `host.json: ${problems.join('; ')}`);
  }
  const { http, queues } = parsed.data.extensions;
  return {
    routePrefix: http.routePrefix.replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs: parsed.data.functionTimeout,
    queues: {
      batchSize: queues.batchSize,
      newBatchThreshold: queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2),
      maxDequeueCount: queues.maxDequeueCount,
      maxPollingIntervalMs: queues.maxPollingInterval,
      visibilityTimeoutMs: queues.visibilityTimeout,
      messageEncoding: queues.messageEncoding,
    },
  };
}

function toMilliseconds(text: string): number {
  const [clock = '', days = '0'] = text.split('.').reverse();
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return (((Number(days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
