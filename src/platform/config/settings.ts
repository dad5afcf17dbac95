/** Every setting of the product: its name, what it expects, its default. The documentation table is made from this. */
import { z } from 'zod';
import { RECOVERY_SETTINGS } from './recovery-settings.ts';
import { numberBetween, Schedule, setting, Url } from './setting-kinds.ts';
import { WATCH_SETTINGS } from './watch-settings.ts';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|[a-z0-9-]+\.localhost)$/i;

/** Whether a URL names this machine only. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname);
}

const HsmName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/, 'expected an HSM name (3 to 24 letters, digits, hyphens)')
  // Backups are kept under the HSM's name, and the copies that outlive every rule under this one.
  .refine((name) => name.toLowerCase() !== 'pinned', 'expected another name than pinned');
const HttpsUrl = z
  .url({ protocol: /^https$/, error: 'expected an https URL' })
  .transform((url) => url.replace(/\/+$/, ''));

/** One Managed HSM to protect. */
const HsmSetting = z.strictObject({
  name: HsmName,
  /** Data-plane URL, also for a sovereign cloud; without it `https://{name}.managedhsm.azure.net`. */
  url: HttpsUrl.exactOptional(),
  /** Key backups a second; the service allows 10 to everybody together. */
  pace: z.number().min(0.1).max(10).exactOptional(),
});

/** `name`, `name=url`, or JSON for more; several separated by commas or spaces. */
const HsmList = z.string().transform((text, context) => {
  const entries = text.trim().startsWith('[')
    ? parseJson(text)
    : text
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(parsePair);
  const parsed = z.array(HsmSetting).min(1, 'expected at least one HSM').safeParse(entries);
  if (parsed.success) {
    const names = parsed.data.map(({ name }) => name.toLowerCase());
    if (new Set(names).size === names.length) return parsed.data;
    context.addIssue({ code: 'custom', message: 'expected each HSM once' });
    return z.NEVER;
  }
  context.addIssue({ code: 'custom', message: z.prettifyError(parsed.error).replaceAll('\n', ' ') });
  return z.NEVER;
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parsePair(text: string): unknown {
  const [name = '', ...url] = text.split('=');
  return url.length === 0 ? { name } : { name, url: url.join('=') };
}

const Patterns = z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean));

/** A pattern with any other character matches no key: a mistake that would leave keys out, or in, without a word. */
const NamePatterns = Patterns.refine(
  (patterns) => patterns.every((pattern) => /^[0-9A-Za-z*-]+$/.test(pattern)),
  'expected letters, digits, hyphens and *',
);

const ContainerName = z
  .string()
  .regex(/^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/, 'expected a container name');

/** All settings, by the name of their environment variable. */
export const SETTINGS = {
  WARDEN_HSMS: setting(HsmList, {
    description: 'The Managed HSMs to protect.',
    expected: 'names or `name=url`, separated by commas; or a JSON array of `{name, url?, pace?}`',
  }),
  WARDEN_CREDENTIAL: setting(z.enum(['managed-identity', 'default', 'token-file']), {
    description:
      'Who the app is: its managed identity, whatever `DefaultAzureCredential` finds, or the token of a local emulator.',
    expected: '`managed-identity`, `default`, `token-file`',
    default: 'managed-identity',
  }),
  WARDEN_CLIENT_ID: setting(z.guid(), {
    description: 'Client id of the user-assigned managed identity; needed where the app has more than one.',
    expected: 'a GUID',
    default: 'none',
  }),
  WARDEN_BACKUP_URL: setting(Url, {
    description: 'Blob endpoint of the storage account for the backups.',
    expected: 'an https URL (http only on loopback)',
    default: 'none; exactly one of this and `WARDEN_STORAGE_CONNECTION`',
  }),
  WARDEN_STATE_URL: setting(Url, {
    description: 'Blob endpoint of the storage account for catalogues, manifests and leases.',
    expected: 'an https URL (http only on loopback)',
    default: 'as `WARDEN_BACKUP_URL`',
  }),
  WARDEN_QUEUE_URL: setting(Url, {
    description:
      'Queue endpoint for the work queues: that of the account which `AzureWebJobsStorage` names, for the host listens there.',
    expected: 'an https URL (http only on loopback)',
    default: 'made from `WARDEN_STATE_URL`, where that names a `.blob.` host',
  }),
  WARDEN_STORAGE_CONNECTION: setting(z.string().min(1), {
    description: 'Connection string of a local storage emulator; refused for anything but loopback.',
    expected: '`UseDevelopmentStorage=true` or a connection string whose endpoints are on loopback',
    default: 'none',
  }),
  WARDEN_BACKUP_CONTAINER: setting(ContainerName, {
    description: 'Container of the backups; give it an immutability policy.',
    expected: 'a container name',
    default: 'key-backups',
  }),
  WARDEN_STATE_CONTAINER: setting(ContainerName, {
    description: 'Container of catalogues, run manifests and leases.',
    expected: 'a container name',
    default: 'warden-state',
  }),
  WARDEN_SCHEDULE: setting(Schedule, {
    description: 'When the nightly run starts.',
    expected: 'six-field NCRONTAB text, UTC',
    default: '`0 0 2 * * *`',
  }),
  WARDEN_PACE: setting(numberBetween(0.1, 10, 'backups a second'), {
    description:
      'Key backups a second on each HSM that sets no pace of its own. The service allows 10 a second to everybody together.',
    expected: '0.1 to 10',
    default: '8',
  }),
  WARDEN_CONCURRENCY: setting(z.coerce.number().int().min(1).max(64), {
    description: 'Keys of one HSM under way at once.',
    expected: '1 to 64',
    default: '16 shared by the HSMs, at least 4 each',
  }),
  WARDEN_REFRESH_DAYS: setting(numberBetween(1, 90, 'days'), {
    description: 'No backup grows older than this, even of an unchanged key.',
    expected: '1 to 90 days',
    default: '7',
  }),
  WARDEN_INCLUDE: setting(NamePatterns, {
    description: 'Only keys whose name matches one of these are backed up.',
    expected: 'names with `*`, separated by commas',
    default: 'every key',
  }),
  WARDEN_EXCLUDE: setting(NamePatterns, {
    description: 'Keys whose name matches one of these are left out.',
    expected: 'names with `*`, separated by commas',
    default: 'none',
  }),
  WARDEN_EXCLUDE_TAGS: setting(Patterns, {
    description: 'Keys that carry one of these tags are left out.',
    expected: '`tag` or `tag=value`, separated by commas',
    default: 'none',
  }),
  // The list of 5000 keys alone takes some 200 requests; and host.json gives a function half an hour.
  WARDEN_BUDGET_SECONDS: setting(numberBetween(60, 1500, 'seconds'), {
    description:
      'After this long a worker hands over to its continuation, well under the functionTimeout of host.json.',
    expected: '60 to 1500 seconds',
    default: '600',
  }),
  WARDEN_CA_FILE: setting(z.string().min(1), {
    description: 'PEM file of the certificate authority of a local emulator.',
    expected: 'a path; only with HSMs on loopback',
    default: 'none',
  }),
  WARDEN_TOKEN_FILE: setting(z.string().min(1), {
    description: 'File with the bearer token of a local emulator, read anew each time.',
    expected: 'a path; only with `WARDEN_CREDENTIAL=token-file`',
    default: 'none',
  }),
  ...RECOVERY_SETTINGS,
  ...WATCH_SETTINGS,
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;
