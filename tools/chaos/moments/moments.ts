/** Moments that chance alone would hardly meet: each makes sure that it comes about, and that nobody sees it coming. */
import type { Others } from '../acts/others.ts';
import type { People } from '../acts/people.ts';
import type { Member } from '../fleet/member.ts';
import type { MomentName } from '../plan/timeline.ts';
import type { Answered } from '../proxy/exchange.ts';
import type { Fate } from '../proxy/proxy.ts';
import type { Directions } from './directions.ts';

/** Whom the moments need. */
export interface Cast {
  readonly directions: Directions;
  readonly members: readonly Member[];
  readonly others: Others;
  readonly people: People;
  /** Called for each process that was killed. */
  readonly onKill: () => void;
}

const SWEEP_MESSAGE = /^POST \S*\/hsm-sweeps\/messages\b/;
const BACKUP = /^POST \/keys\/[^/]+\/backup\b/;
const UPLOAD = /^PUT \S*\/key-backups\//;
/** The work is under way by then. */
const AMIDST = 3;
/** Nights that bad weather keeps from beginning are begun again. */
const TRIES = 2;

/** Brings a moment about. Resolves with whether it could. */
export async function bringAbout(name: MomentName, chance: number, cast: Cast): Promise<boolean> {
  switch (name) {
    case 'two-workers':
      return twoWorkers(cast);
    case 'deleted-again':
      return withRecovery(cast, (hsm, key) => cast.others.deleteKey(hsm, key));
    case 'killed-after-recover':
      return withRecovery(cast, () => killAll('recovery', cast));
    case 'killed-amidst-backups':
      return killedAmidstBackups(chance, cast);
  }
}

/** The messages of a night come twice, so that two workers are at one HSM. */
async function twoWorkers(cast: Cast): Promise<boolean> {
  cast.directions.give({ service: 'queue', pattern: SWEEP_MESSAGE, times: 2, fate: { twice: true } });
  return beginNight(cast);
}

/** A key is recovered as approved, the answer of the HSM is lost, and `meanwhile` happens before anybody looks. */
async function withRecovery(
  { directions, others, people }: Cast,
  meanwhile: (hsm: string, key: string) => Promise<unknown>,
): Promise<boolean> {
  const place = await others.deletedKeyForMoment();
  if (place === undefined) return false;
  const { hsm, key } = place;
  const whenDone = async ({ status }: Answered) => {
    if (status === 200) await meanwhile(hsm, key);
  };
  directions.give({
    service: hsm,
    pattern: new RegExp(`^POST /deletedkeys/${key}/recover\\b`, 'i'),
    times: 1,
    fate: { fault: { kind: 'reset-after' }, meanwhile: whenDone },
  });
  return people.haveBroughtBack(hsm, key);
}

/** The backup app is killed twice when a service has done its part of a backup, and nobody knows it yet. */
async function killedAmidstBackups(chance: number, cast: Cast): Promise<boolean> {
  const { directions, others } = cast;
  const fate: Fate = { fault: { kind: 'reset-after' }, meanwhile: () => killAll('backup', cast) };
  const [first = ''] = others.names;
  directions.give({ service: first, pattern: BACKUP, after: AMIDST, times: 1, fate });
  directions.give({ service: 'blob', pattern: UPLOAD, after: 2 * AMIDST, times: 1, fate });
  await others.rotateSome(chance);
  return beginNight(cast);
}

async function beginNight({ members }: Cast): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    for (const member of members.filter(({ name }) => name.startsWith('backup'))) {
      if ((await member.run('nightlyBackup')) === 'succeeded') return true;
    }
  }
  return false;
}

async function killAll(app: 'backup' | 'recovery', { members, onKill }: Cast): Promise<void> {
  const victims = members.filter(({ name }) => name.startsWith(app));
  const killed = await Promise.all(victims.map((member) => member.kill('SIGKILL', true)));
  for (const one of killed) if (one) onKill();
}
