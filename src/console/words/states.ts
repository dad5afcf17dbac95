/** The states of things in words, each with its tone. */

export type Tone = 'good' | 'bad' | 'warn' | 'calm' | 'unknown';
type Said = readonly [word: string, tone: Tone];

const REQUEST_STATES: Readonly<Record<string, Said>> = {
  requested: ['Waiting for approvals', 'warn'],
  approved: ['Approved, about to start', 'warn'],
  executing: ['In progress', 'warn'],
  succeeded: ['Succeeded', 'good'],
  failed: ['Failed', 'bad'],
  'restored-other-key': ['Another key came back', 'bad'],
  rejected: ['Rejected', 'calm'],
  expired: ['Expired', 'calm'],
  cancelled: ['Cancelled', 'calm'],
};

const KEY_STATES: Readonly<Record<string, string>> = {
  active: 'Active',
  deleted: 'Deleted, can be recovered',
  purged: 'Purged',
  restorable: 'Known from backups only',
};

const KEY_WORDS: Readonly<Record<string, Said>> = {
  safe: ['Safe', 'good'],
  excluded: ['Left out by the settings', 'calm'],
  'at-risk': ['At risk', 'bad'],
  lost: ['Lost', 'bad'],
  acknowledged: ['Lost, acknowledged', 'calm'],
};

const VERDICTS: Readonly<Record<string, Said>> = {
  safe: ['Safe', 'good'],
  'at-risk': ['At risk', 'bad'],
  unknown: ['Cannot tell', 'unknown'],
};

const RUN_STATES: Readonly<Record<string, Said>> = {
  running: ['Running', 'warn'],
  paused: ['Paused, goes on', 'warn'],
  succeeded: ['Succeeded', 'good'],
  partial: ['Partial: some keys failed', 'bad'],
  rebuilt: ['Record rebuilt', 'unknown'],
};

const RISKS: Readonly<Record<string, string>> = {
  'no-backup': 'No backup',
  'newest-version-not-backed-up': 'Newest version is not backed up',
  'backup-too-old': 'Backup is too old',
  'backup-damaged': 'Backup is damaged',
  unreadable: 'Cannot be read',
  'backup-missing': 'Backup is missing',
  'deleted-without-backup': 'Deleted without a backup',
  settling: 'In no list; another region may have it',
  'drill-failed': 'A drill did not bring it back',
};

/** The word for a value; one that is new to the page stands as it is. */
function said(table: Readonly<Record<string, Said>>, value: string): Said {
  return table[value] ?? [value, 'unknown'];
}

export const requestState = (value: string): Said => said(REQUEST_STATES, value);
export const keyWord = (value: string): Said => said(KEY_WORDS, value);
export const verdictWord = (value: string): Said => said(VERDICTS, value);
export const runState = (value: string): Said => said(RUN_STATES, value);
export const keyState = (value: string): string => KEY_STATES[value] ?? value;
export const riskWord = (value: string): string => RISKS[value] ?? value;

/** How much of a key its backups hold. */
export function coverageInWords(line: {
  readonly coverage: string;
  readonly versionsCovered: number;
  readonly versionsKnown: number;
}): string {
  const { coverage, versionsCovered, versionsKnown } = line;
  if (coverage === 'excluded') return 'Left out by the settings';
  if (coverage === 'none') return `No backup: 0 of ${versionsKnown} versions`;
  const whole = coverage === 'complete' ? 'All versions backed up' : 'Not all versions backed up';
  return `${whole}: ${versionsCovered} of ${versionsKnown}`;
}

/** What a backup is worth; nothing good is said of what could not be read. */
export function backupWorth(backup: {
  readonly damaged: boolean | null;
  readonly sealed: boolean | null;
  readonly why?: string;
}): Said {
  const { damaged, sealed, why } = backup;
  if (damaged === true) return ['Damaged', 'bad'];
  if (sealed === false) return ['Not sealed: it does not count', 'bad'];
  if (damaged === null || (sealed === null && why !== undefined)) {
    return ['Not known whether it counts', 'unknown'];
  }
  return sealed === null
    ? ['No fault known; seals are not configured', 'calm']
    : ['Sealed, no fault known', 'good'];
}

/** Whether nothing more can happen to a request in this state. */
export function isClosed(state: string): boolean {
  return !['requested', 'approved', 'executing'].includes(state);
}
