/** A segment of the audit log: where the chain goes on after something was found in what came before. */
import { z } from 'zod';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Tip = z.strictObject({ seq: z.int().nonnegative(), hash: Hash });

/** The name of a segment, part of the names of its blobs. The first one has none. */
export const SegmentName = z.string().regex(/^[0-9a-z]{26}$/);

/** A later segment than the first: people decided to begin it. */
export const Segment = z.strictObject({
  name: SegmentName,
  /** The end of the chain that its first line follows. */
  base: Tip,
  /** Hash of its line {@link REARMED}: without that line in it, it is none. */
  armed: Hash,
});
export type Segment = z.infer<typeof Segment>;

/** What remembers the end of the log: the farthest line, and the segment in which the chain goes on. */
export const AnchorState = Tip.extend({ segment: Segment.exactOptional() });
export type AnchorState = z.infer<typeof AnchorState>;

/** The line by which people took note of what was found, and let the log go on. */
export const REARMED = 'log-rearmed';
