/** Named profiles: the settings of one deployment each, so that nobody writes a list of variables by hand. They hold no secret. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Setting } from '../../core/settings/setting.ts';
import type { Environment } from '../../platform/config/config.ts';
import { SETTINGS } from '../../platform/config/product-settings.ts';
import { UsageError } from '../frame/failures.ts';
import { CLOUD_NAMES } from './clouds.ts';

/** What a profile is called. */
export const ProfileName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'expected up to 40 lower-case letters, digits, dots, hyphens');

/** Settings that say who the app is, or what is on its machine: not those of a person at a terminal. */
const NOT_ONES_OWN: ReadonlySet<string> = new Set([
  'WARDEN_CREDENTIAL',
  'WARDEN_CLIENT_ID',
  'WARDEN_CA_FILE',
  'WARDEN_TOKEN_FILE',
  'WARDEN_STORAGE_CONNECTION',
]);

/** A profile as it is stored. */
const Profile = z.strictObject({
  format: z.literal(1),
  cloud: z.enum(CLOUD_NAMES),
  settings: z.record(z.string().regex(/^WARDEN_[A-Z_]+$/), z.string()),
});
export type Profile = z.infer<typeof Profile>;

/** The settings that a profile keeps of `all`: those of the product, without secrets and without the app's own identity. */
export function keptSettings(all: Readonly<Record<string, string>>): Record<string, string> {
  const known: Readonly<Record<string, Setting>> = SETTINGS;
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => {
      const setting = Object.hasOwn(known, name) ? known[name] : undefined;
      return (
        setting !== undefined && setting.secret !== true && !NOT_ONES_OWN.has(name) && value.trim() !== ''
      );
    }),
  );
}

/** The names of all profiles, sorted. Fails with an error of the file system other than that there is no folder. */
export async function profileNames(environment: Environment): Promise<readonly string[]> {
  const folder = folderOf(environment);
  const files = folder === undefined ? [] : await orNone(() => readdir(join(folder, 'profiles')), []);
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .filter((name) => ProfileName.safeParse(name).success)
    .sort();
}

/** The profile in use; undefined when none is. */
export async function currentProfile(environment: Environment): Promise<string | undefined> {
  const folder = folderOf(environment);
  if (folder === undefined) return undefined;
  const text = await orNone(() => readFile(join(folder, 'current'), 'utf8'), '');
  return ProfileName.safeParse(text.trim()).data;
}

/** Reads a profile. Fails with UsageError when there is none of this name, or it cannot be understood. */
export async function readProfile(environment: Environment, name: string): Promise<Profile> {
  const path = join(folderOf(environment) ?? '', 'profiles', `${name}.json`);
  const text = await orNone(() => readFile(path, 'utf8'), undefined);
  if (text === undefined) {
    const names = await profileNames(environment);
    throw new UsageError(
      `There is no profile ${name}.`,
      names.length === 0
        ? `hsm-warden init ${name} makes it.`
        : `There are: ${names.join(', ')}. hsm-warden init ${name} makes another.`,
    );
  }
  const parsed = Profile.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `The profile ${path} cannot be understood: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}.`,
    `hsm-warden init ${name} --force writes it again.`,
  );
}

/** Stores a profile, readable by its owner only, whole or not at all; returns its path. Fails with an error of the file system. */
export async function writeProfile(
  environment: Environment,
  name: string,
  profile: Omit<Profile, 'format'>,
): Promise<string> {
  const path = join(requireFolder(environment), 'profiles', `${name}.json`);
  await writeWhole(path, `${JSON.stringify({ format: 1, ...profile }, null, 2)}\n`);
  return path;
}

/** Makes a profile the one in use. Fails with an error of the file system. */
export async function setCurrentProfile(environment: Environment, name: string): Promise<void> {
  await writeWhole(join(requireFolder(environment), 'current'), `${name}\n`);
}

/** Where profiles are (https://specifications.freedesktop.org/basedir-spec/latest/); undefined without a home. */
function folderOf({ XDG_CONFIG_HOME, HOME, USERPROFILE }: Environment): string | undefined {
  if (XDG_CONFIG_HOME !== undefined && XDG_CONFIG_HOME !== '') return join(XDG_CONFIG_HOME, 'hsm-warden');
  const home = HOME ?? USERPROFILE;
  return home === undefined || home === '' ? undefined : join(home, '.config', 'hsm-warden');
}

function requireFolder(environment: Environment): string {
  const folder = folderOf(environment);
  if (folder !== undefined) return folder;
  throw new UsageError('There is no place for profiles.', 'Set HOME or XDG_CONFIG_HOME.');
}

async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

async function orNone<T, None>(read: () => Promise<T>, none: None): Promise<T | None> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return none;
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
