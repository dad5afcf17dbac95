/** The incidents as they were read or written last: a day on which much happens reads the same megabyte again and again. */
import { parseDocument } from '../../../core/documents/document-type.ts';
import { INCIDENTS, type IncidentState } from './incident-state.ts';

/** What a process knows of the incidents, by scope. The store is asked each time: this saves only the reading of its text. */
export class KnownIncidents {
  readonly #last = new Map<string, { readonly text: string; readonly state: IncidentState }>();

  /** What `text` says. Fails with `state-corrupt`. */
  parse(scope: string, text: string): IncidentState {
    const last = this.#last.get(scope);
    if (last?.text === text) return last.state;
    const state = parseDocument(INCIDENTS, { kind: INCIDENTS.kind, scope }, text);
    this.keep(scope, text, state);
    return state;
  }

  /** Remembers that `text` is how `state` is written. Nobody may change it. */
  keep(scope: string, text: string, state: IncidentState): void {
    this.#last.set(scope, { text, state });
  }
}
