/** What discoveries know of the fleet: one sealed document, small enough to be read whenever somebody asks. */
import { z } from 'zod';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { Seal } from '../../../core/seal/seal.ts';

const Time = z.int().nonnegative();

/** An HSM that a discovery has seen. */
export const KnownHsm = z.strictObject({
  name: z.string().min(1),
  resource: z.string().min(1),
  url: z.string().exactOptional(),
  location: z.string().exactOptional(),
  firstSeenAt: Time,
  lastSeenAt: Time,
  /** Since when whole discoveries do not list it. */
  vanishedAt: Time.exactOptional(),
  /** Whether the backup app may list its keys, asked while no setting names it. */
  role: z.enum(['works', 'missing', 'unknown']).exactOptional(),
  why: z.string().exactOptional(),
});
export type KnownHsm = z.infer<typeof KnownHsm>;

const FleetDocument = z.strictObject({
  format: z.literal(1),
  /** The first whole discovery, and the last. */
  since: Time,
  discoveredAt: Time,
  hsms: z.array(KnownHsm),
  seal: Seal.exactOptional(),
});
export type FleetDocument = z.infer<typeof FleetDocument>;

/** How it is stored. */
export const FLEET: DocumentType<'fleet', FleetDocument> = {
  kind: 'fleet',
  schema: FleetDocument,
  name: () => 'The memory of the discovery of HSMs',
  advice:
    'Keep a copy, then delete it: the next discovery writes it again. HSMs that have vanished are in the copy alone.',
};

/** What is sealed of it. */
export function sealedFleet({ seal: _seal, ...facts }: FleetDocument) {
  return { facts };
}
