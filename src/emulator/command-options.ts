// The options of the emulator's command line, said once: `npm run emulator` and `hsm-warden emulator` are made from them.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { EmulatorOptions } from './options.ts';

/** One option. `name` is its long form without hyphens in front; an option without `value` is a switch. */
export type CommandOption = {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What its value is called in a help text. */
  readonly value?: string;
  readonly description: string;
  /** The values that it can have, when they are few. */
  readonly choices?: readonly string[];
};

const LIMITS = ['documented', 'off'] as const;
const LATENCIES = ['none', 'real'] as const;

export const COMMAND_OPTIONS: readonly CommandOption[] = [
  { name: 'port', value: 'n', description: 'port to listen on; 0 (default) takes a free one' },
  { name: 'host', value: 'address', description: 'address to listen on (default: 127.0.0.1)' },
  { name: 'name', short: 'n', value: 'name', description: "the HSM's name (default: contoso)" },
  { name: 'tenant', value: 'guid', description: 'tenant whose tokens are taken' },
  { name: 'subscription', value: 'guid', description: 'subscription of the HSM in Azure Resource Manager' },
  { name: 'resource-group', value: 'name', description: 'resource group of the HSM (default: emulator)' },
  { name: 'location', value: 'region', description: 'region of the HSM (default: westeurope)' },
  { name: 'retention-days', value: 'n', description: 'days from deletion to purge, 7 to 90 (default: 90)' },
  { name: 'purge-protection', description: 'nobody can purge before the retention ends' },
  { name: 'limits', value: 'mode', description: 'documented (default) or off', choices: LIMITS },
  { name: 'latency', value: 'mode', description: 'none (default) or real, as recorded', choices: LATENCIES },
  { name: 'seed-keys', value: 'n', description: 'fill a new HSM with so many keys' },
  { name: 'state', value: 'folder', description: 'keep the keys in this folder' },
  {
    name: 'ca-dir',
    value: 'folder',
    description: 'keep authority and token issuer here, shared with other emulators',
  },
  {
    name: 'security-domain',
    value: 'text',
    description: "text, or file with it; HSMs with the same one restore each other's backups",
  },
  { name: 'audit-log', value: 'file', description: 'append an audit record of every authenticated request' },
  {
    name: 'audit-sink',
    value: 'url',
    description: 'post the audit records there, in JSON arrays, until accepted',
  },
  { name: 'audit-delay', value: 's', description: 'seconds until the sink gets them, 0 (default) to 600' },
  { name: 'json', description: 'print the first line as JSON' },
];

/** Four times what an HSM holds: benchmarks go beyond it with the limits off. */
const MAX_SEED_KEYS = 20_000;

const WholeNumber = z.string().regex(/^\d+$/, 'must be a whole number').transform(Number);
const Text = z.string().min(1, 'must not be empty');

/** The values as they were typed, by the names of the options in camel case. Unknown names are ignored. */
export const CommandValues = z.object({
  port: WholeNumber.pipe(z.int().max(65535)).optional(),
  host: Text.optional(),
  name: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9-]{2,23}$/, 'must be 3 to 24 letters, digits or hyphens, a letter first')
    .optional(),
  tenant: z.guid('must be a GUID').optional(),
  subscription: z.guid('must be a GUID').optional(),
  // Letters, digits, hyphens, underscores, parentheses and periods, not at the end:
  // https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/resource-name-rules#microsoftresources
  resourceGroup: z
    .string()
    .regex(/^[\w().-]{0,89}[\w()-]$/, 'must be a name of a resource group')
    .optional(),
  location: z
    .string()
    .regex(/^[a-z0-9]+$/, 'must be a region like westeurope')
    .optional(),
  retentionDays: WholeNumber.pipe(z.int().min(7).max(90)).optional(),
  purgeProtection: z.boolean().optional(),
  limits: z.enum(LIMITS).optional(),
  latency: z.enum(LATENCIES).optional(),
  seedKeys: WholeNumber.pipe(z.int().max(MAX_SEED_KEYS)).optional(),
  state: Text.optional(),
  caDir: Text.optional(),
  securityDomain: Text.optional(),
  auditLog: Text.optional(),
  auditSink: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  auditDelay: WholeNumber.pipe(z.int().max(600)).optional(),
  json: z.boolean().optional(),
});

/** How to start an emulator with these values; reads the security domain from its file when there is one. */
export function optionsOf(values: z.output<typeof CommandValues>): EmulatorOptions {
  const { tenant, subscription, state, auditDelay, securityDomain, json: _, ...same } = values;
  return given({
    ...same,
    tenantId: tenant,
    subscriptionId: subscription,
    stateDir: state,
    auditDelaySeconds: auditDelay,
    securityDomain: securityDomain === undefined ? undefined : fileOrText(securityDomain),
  });
}

/** The name of an option as a member: `retention-days` is `retentionDays`. */
export function memberName(option: string): string {
  return option.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function fileOrText(value: string): string {
  try {
    return readFileSync(value, 'utf8').trim();
  } catch {
    // No such file: then it is the text itself.
    return value;
  }
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function given<T extends object>(values: T): Given<T>;
function given(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
