/** The names that people and messages give, checked. */
import { z } from 'zod';
import { visibleText } from './plain-text.ts';

/** The name of a key, as the service allows it. */
export const KeyName = z
  .string()
  .regex(/^[0-9A-Za-z-]{1,127}$/, 'expected a key name (1 to 127 letters, digits, hyphens)');
/** The name of an HSM as in the settings. */
export const HsmName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
    'expected an HSM name (3 to 24 letters, digits, hyphens)',
  );

const LONGEST_NAME = 200;

/** A name of the directory as it can be stored and shown; `id` where nothing of it can be seen. */
export function storableName(text: string, id: string): string {
  return visibleText(text, LONGEST_NAME, id);
}

/** Who did something: a person by the directory's object id, or a webhook source (which can only ask). */
export const Actor = z.strictObject({
  kind: z.enum(['person', 'webhook', 'service']),
  id: z.string().min(1).max(200),
  /** For people to read; never compared. */
  name: z.string().max(LONGEST_NAME),
});
export type Actor = z.infer<typeof Actor>;

/** Folders in the container of the backups that are no HSM's. */
export const RESERVED_FOLDERS = {
  pinned: 'pinned',
  publicKeys: 'public-keys',
  findings: 'findings',
} as const;
const RESERVED: readonly string[] = Object.values(RESERVED_FOLDERS);

/** Whether other things than the backups of an HSM are kept under a name. */
export function isReserved(name: string): boolean {
  return RESERVED.includes(name.toLowerCase());
}
