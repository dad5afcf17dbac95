/** Asks a served recovery for a key, and reads what it answers. */
import { expect } from 'vitest';
import { z } from 'zod';
import { RecoveryView } from '../../src/features/recovery/model/asking.ts';
import type { RecoveryHost } from './recovery-host.ts';

/** A body that asks for the key `orders`. */
export const ASK = { hsm: 'contoso', key: 'orders', reason: 'deleted by mistake' };

const Problem = z.object({
  code: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
});

/** Asks for the key; the request as it was answered. */
export async function opened(served: RecoveryHost): Promise<z.infer<typeof RecoveryView>> {
  const answer = await served.send('alice', 'POST', 'recoveries', ASK);
  return RecoveryView.parse(await answer.json());
}

/** The status and code of a refusal, which must be a problem of RFC 9457. */
export async function codeOf(answer: Response): Promise<{ status: number; code: string }> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { code, status } = Problem.parse(await answer.json());
  expect(status).toBe(answer.status);
  return { status, code };
}
