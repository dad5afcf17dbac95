/**
 * The summary of a fleet: for each HSM copies of the small documents that say how it stands. It is derived, and a copy counts as its
 * original does, by the seal that it carries. Fifty HSMs share one document.
 */
import { z } from 'zod';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { ownValue } from '../../../core/model/key-name.ts';
import { CopiedRuns } from './copied-runs.ts';

/** HSMs of one document. */
const MOST = 50;

const Count = z.int().nonnegative();

/** What is kept of one HSM. An HSM of which anything is missing, or that does not answer, has no part. */
const FleetPart = z.strictObject({
  /** When it was put together, epoch milliseconds, by the clock of who did. */
  at: z.int().nonnegative(),
  /** The head of the summary of its last scan, the note of its last run and its last verification, as they are stored. */
  summary: z.unknown(),
  lastRun: z.unknown(),
  verify: z.unknown(),
  /** Events of its watch that no topic has accepted yet, and those that none will. */
  waiting: Count,
  refused: Count,
  /** Absent where there are too many. */
  runs: CopiedRuns.exactOptional(),
});
export type FleetPart = z.infer<typeof FleetPart>;

/** A part that cannot be read costs no other its own. */
const FleetSummary = z.strictObject({
  format: z.literal(1),
  hsms: z.record(z.string(), z.unknown()),
});
export type FleetSummary = z.infer<typeof FleetSummary>;

/** How it is stored. */
export const FLEET_SUMMARY: DocumentType<'fleet-summary', FleetSummary> = {
  kind: 'fleet-summary',
  schema: FleetSummary,
  name: ({ place }) => `The summary of the fleet, document ${place}`,
  advice: 'Delete it: it is written again within minutes, and until then each HSM is looked up on its own.',
  expendable: true,
};

/** The HSMs of each document: by name, so that all processes with the same settings divide them alike. */
export function placesOf(hsms: readonly string[]): readonly (readonly string[])[] {
  const sorted = hsms.toSorted((a, b) => (a < b ? -1 : 1));
  return Array.from({ length: Math.ceil(sorted.length / MOST) }, (_, place) =>
    sorted.slice(place * MOST, (place + 1) * MOST),
  );
}

/** The part of an HSM; undefined where there is none that can be read. */
export function partOf(summary: FleetSummary | undefined, hsm: string): FleetPart | undefined {
  return FleetPart.safeParse(ownValue(summary?.hsms ?? {}, hsm)).data;
}
