/** The documents of one HSM as its part of the summary of the fleet has them, for the readers of the originals. */
import type { DocumentAddress, OpenDocument, StoredDocument } from '../../core/documents/document-store.ts';
import type { FleetPart } from './model/fleet-summary.ts';

/** Nobody writes by it: the copies are read only. */
const NO_ETAG = 'a copy';

/** The copy of a document; undefined where the part holds none. */
export function copyOf(part: FleetPart, address: DocumentAddress): StoredDocument | undefined {
  switch (address.kind) {
    case 'summary':
      // Its head alone: who wants the keys reads the summary itself.
      return document(`${JSON.stringify(part.summary)}\n`);
    case 'last-run':
      return document(JSON.stringify(part.lastRun));
    case 'verify':
      return document(JSON.stringify(part.verify));
    case 'run': {
      // Its head alone, as of a summary.
      const run = part.runs?.ended.find(({ runId }) => runId === address.runId);
      return run && document(`${JSON.stringify(run)}\n`);
    }
    default:
      return undefined;
  }
}

/** The same, to be read in pieces. */
export function openCopy(part: FleetPart, address: DocumentAddress): OpenDocument | undefined {
  const copy = copyOf(part, address);
  return copy && { etag: copy.etag, text: piece(copy.text) };
}

function document(text: string): StoredDocument {
  return { text, etag: NO_ETAG };
}

async function* piece(text: string): AsyncGenerator<string> {
  yield text;
}
