/** Puts findings into the outbox of a watch's memory. */
import { type Finding, toEvent } from './events.ts';
import type { WatchState } from './watch-state.ts';

/** `state` with the events of `findings` behind those that wait already; one that waits is not put there twice. */
export function post(state: WatchState, findings: readonly Finding[], at: number): WatchState {
  const waiting = new Set(state.outbox.map(({ id }) => id));
  const fresh = findings.map((finding) => toEvent(finding, at)).filter(({ id }) => !waiting.has(id));
  return { ...state, outbox: [...state.outbox, ...fresh] };
}
