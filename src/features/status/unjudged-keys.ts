/** The keys whose end the HSM's audit log reported, and of which no scan could say yet what is left: nobody may call them safe. */
import { distinctNames } from '../../core/model/key-name.ts';
import type { Observation } from '../watch/model/observation.ts';
import type { WatchState } from '../watch/model/watch-state.ts';
import type { KeyRisk } from './hsm-status.ts';

/** A risk for each key with a purge that was not judged yet, and for each that was deleted and is in no list. */
export function unjudgedKeys(
  { unjudged }: Pick<WatchState, 'unjudged'>,
  { active, deleted }: Pick<Observation, 'active' | 'deleted'>,
): readonly KeyRisk[] {
  if (unjudged === undefined) return [];
  const purged = unjudged.purges.map(({ key }) => key);
  const gone = unjudged.deletes.map(({ key }) => key).filter((key) => !active.has(key) && !deleted.has(key));
  const detail =
    'the audit log reported its end, and no scan could read it since: whether a backup brings it back is not known yet';
  return [...distinctNames([...purged, ...gone])].map((key) => ({ key, risk: 'unreadable', detail }));
}
