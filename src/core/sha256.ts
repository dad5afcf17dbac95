/** The one digest of the product. */
import { createHash } from 'node:crypto';

/** SHA-256 in lower-case hex; a text is hashed in UTF-8. */
export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
