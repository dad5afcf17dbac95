/** What an HSM was seen to do for whom, on the wire: the log of an HSM does not say which key a restore brought back. */
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Answered, Asked } from '../proxy/exchange.ts';

/** A key that was brought back. */
export interface Act {
  readonly at: number;
  readonly hsm: string;
  readonly key: string;
  readonly action: 'restore' | 'recover';
  /** The object id of whoever asked. */
  readonly by: string;
}

const ACTIONS = [
  ['restore', /^POST \/keys\/restore\b/i],
  ['recover', /^POST \/deletedkeys\/[^/]+\/recover\b/i],
] as const;
const Bundle = z.object({ key: z.object({ kid: z.string() }) });

/** The act of an exchange; undefined when it brought nothing back. */
export function actOf(hsm: string, asked: Asked, answered: Answered, at: number): Act | undefined {
  const action = ACTIONS.find(([, pattern]) => pattern.test(`${asked.method} ${asked.path}`))?.[0];
  if (action === undefined || answered.status !== 200) return undefined;
  const { kid } = Bundle.parse(JSON.parse(answered.body.toString('utf8'))).key;
  const token = asked.headers.authorization?.replace(/^Bearer /i, '') ?? '';
  return {
    at,
    hsm,
    key: new URL(kid).pathname.split('/')[2] ?? '',
    action,
    by: String(decodeJwt(token).oid),
  };
}
