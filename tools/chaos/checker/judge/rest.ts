/** Whether everything has come to rest. */
import type { Evidence } from '../evidence.ts';

/** Messages in it are meant for later: a key that changes again and again is backed up every few minutes. */
const DELAYED = ['key-backups'];

/** Judges what is left over: messages, rights, processes. */
export function judgeRest({ waiting, leased, hung }: Evidence) {
  const left = Object.entries(waiting).filter(
    ([queue, count]) => count > 0 && !queue.endsWith('-poison') && !DELAYED.includes(queue),
  );
  return {
    hung: [
      ...hung,
      ...left.map(([queue, count]) => `${count} messages still wait in ${queue}`),
      ...leased.map((name) => `somebody still holds ${name}`),
    ],
  };
}
