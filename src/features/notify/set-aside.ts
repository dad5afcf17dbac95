/** Sets aside incidents that cannot be read, so that they begin again: people must be reached whatever a document is like. */
import { z } from 'zod';
import { isWardenError } from '../../core/errors.ts';
import type { EventBus } from '../../core/events/bus.ts';
import { sha256Hex } from '../../core/sha256.ts';
import { noIncidents } from './model/incident-state.ts';
import { memoryLostEvent } from './model/memory-lost.ts';
import type { SendDeps } from './sending/send-due.ts';

type Deps = Pick<SendDeps, 'state' | 'clock' | 'logger' | 'signal'> & { readonly bus: EventBus };

/** A later version of the product writes these: nothing is wrong with them. */
const Later = z.object({ format: z.number().gt(1) });

/**
 * Keeps a copy of the incidents of `scope`, reports that, and begins them again; killed anywhere, it is done again. Fails with
 * `unreadable` where a later version of the product wrote them, as the bus does, or with a storage code.
 */
export async function setAside(
  { state, bus, clock, logger, signal }: Deps,
  scope: string,
  unreadable: unknown,
): Promise<void> {
  const address = { kind: 'notify-incidents', scope } as const;
  const document = await state.read(address, signal);
  if (document === undefined) return;
  const { text, etag } = document;
  if (Later.safeParse(jsonOf(text)).success) throw unreadable;
  const copy = {
    kind: 'notify-incidents',
    scope: `${scope}-unreadable-${sha256Hex(text).slice(0, 8)}`,
  } as const;
  await unlessDone(() => state.write(copy, text, 'absent', signal));
  logger.error('incidents that cannot be read were set aside', {
    scope,
    copy: copy.scope,
    error: unreadable,
  });
  await bus.send([memoryLostEvent(scope, `notify/incidents/${copy.scope}.json`, clock.now())], {
    logger,
    signal,
  });
  // Somebody who was faster has begun them again.
  await unlessDone(() => state.write(address, JSON.stringify(noIncidents(scope)), { etag }, signal));
}

async function unlessDone(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isWardenError(error, 'state-conflict')) throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
