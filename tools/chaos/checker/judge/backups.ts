/** Whether every active key can be brought back, and whether the catalogue says what is so. */
import type { Evidence, SeenBackup, SeenKey, SeenVersion } from '../evidence.ts';

/** Judges keys, backups and catalogue. */
export function judgeBackups({ keys, backups, catalogue }: Evidence) {
  const lost: string[] = [];
  const byBlob = new Map(backups.map((backup) => [backup.blob, backup]));
  for (const key of keys) {
    const name = `${key.hsm}/${key.key}`;
    if (!backups.some((backup) => bringsBack(backup, key))) {
      lost.push(`no backup restores the newest version of ${name}, ${key.versions.at(-1)?.id}`);
    }
    const entry = catalogue.find((one) => isSame(`${one.hsm}/${one.key}`, name));
    const listed = entry && byBlob.get(entry.blob);
    if (entry === undefined) lost.push(`the catalogue does not know ${name}`);
    else if (listed === undefined) lost.push(`the catalogue names ${entry.blob}, which is not there`);
    else if (!bringsBack(listed, key)) {
      lost.push(`the catalogue names ${entry.blob}, which does not restore the newest version of ${name}`);
    }
  }
  for (const { blob } of catalogue) {
    const backup = byBlob.get(blob);
    if (backup?.intact === false) lost.push(`${blob} has not the hash that it claims`);
    if (backup?.restored === 'refused') lost.push(`${blob} does not restore`);
  }
  return { lost };
}

/** Whether a restore of the backup was seen to give the newest version of the key, with its very public key. */
function bringsBack({ hsm, key, sealed, intact, restored }: SeenBackup, active: SeenKey): boolean {
  if (!sealed || restored === undefined || restored === 'refused' || intact !== true) return false;
  const newest = active.versions.at(-1);
  const isOfKey = hsm === active.hsm && isSame(key, active.key) && isSame(restored.key, active.key);
  return isOfKey && newest !== undefined && restored.versions.some((version) => isEqual(version, newest));
}

function isEqual(a: SeenVersion, b: SeenVersion): boolean {
  return a.id === b.id && a.publicKey === b.publicKey;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
