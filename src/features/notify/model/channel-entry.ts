/** The channels of the settings: what each is, what it wants to hear, and which people stand behind the policy's groups. */
import { z } from 'zod';
import { Severity } from '../../../core/events/severity.ts';
import { ApprovingPerson, MailAddress } from './people.ts';

/** A channel's name: fit for a blob name and a command line. */
export const ChannelName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
    'expected a name of 2 to 40 lower-case letters, digits and hyphens',
  );

/** What a filter calls the incidents. */
const FAMILIES = [
  'deleted-key',
  'unprotected-key',
  'overdue-backup',
  'damaged-backup',
  'brought-back',
  'hsm',
  'recovery',
  'gate',
  'channel',
  'drill',
  'other',
] as const;
export const Family = z.enum(FAMILIES);
export type Family = z.infer<typeof Family>;

const Patterns = z.array(z.string().min(1).max(127)).min(1);

/** What every channel can say of itself. */
export const CommonEntry = {
  name: ChannelName,
  /** Nothing milder is sent here. */
  severity: Severity.default('info'),
  /** Only these incidents; all without it. */
  kinds: z.array(Family).min(1).exactOptional(),
  /** Only these HSMs, and keys, by patterns with `*`. */
  hsms: Patterns.exactOptional(),
  keys: Patterns.exactOptional(),
};

/** One channel. Addresses that are secrets in themselves and other secrets are not here: they are kept by the channel's name. */
export const ChannelEntry = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('teams'), ...CommonEntry }),
  z.strictObject({ type: z.literal('slack'), ...CommonEntry }),
  z.strictObject({
    type: z.literal('pagerduty'),
    ...CommonEntry,
    /** Of accounts in the European service region. */
    region: z.enum(['us', 'eu']).default('us'),
    /** Of another service that takes events as PagerDuty does. */
    origin: z.url({ protocol: /^https$/ }).exactOptional(),
  }),
  z.strictObject({ type: z.literal('webhook'), ...CommonEntry, url: z.url({ protocol: /^https$/ }) }),
  z.strictObject({
    type: z.literal('smtp'),
    ...CommonEntry,
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).default(587),
    /** TLS from the first byte on; otherwise STARTTLS, which is required. */
    secure: z.boolean().default(false),
    /** With it, the secret of the channel is the password. */
    user: z.string().min(1).exactOptional(),
    from: MailAddress,
    to: z.array(MailAddress).min(1).max(50),
  }),
  z.strictObject({
    type: z.literal('azure-mail'),
    ...CommonEntry,
    /** Endpoint of the Communication Services resource; the app's identity sends. */
    endpoint: z.url({ protocol: /^https$/ }),
    from: MailAddress,
    to: z.array(MailAddress).min(1).max(50),
  }),
]);
export type ChannelEntry = z.infer<typeof ChannelEntry>;

/** A channel whose entry cannot be read: it takes nothing, and is reported. */
export interface UnusableEntry extends Pick<ChannelEntry, 'name' | 'severity' | 'kinds' | 'hsms' | 'keys'> {
  readonly type: 'unusable';
  /** What is wrong with the entry, without any value of it. */
  readonly fault: string;
}

/** A channel as the settings name it. */
export type AnyChannel = ChannelEntry | UnusableEntry;

/** Whether the channel addresses people. */
export function isMail({ type }: Pick<AnyChannel, 'type'>): boolean {
  return type === 'smtp' || type === 'azure-mail';
}

/** Who stands behind a group of the approval policy, and on which channels they are reached, one after the other. */
export const ApproverEntry = z.strictObject({
  group: z.string().min(1).max(200),
  /** Asked at once; the next ones when nobody has decided after a while. */
  channels: z.array(ChannelName).min(1).max(5),
  /** Who is in the group, where the settings are to say it: then requests that too few could approve are noticed. */
  people: z.array(ApprovingPerson).exactOptional(),
});
export type ApproverEntry = z.infer<typeof ApproverEntry>;
