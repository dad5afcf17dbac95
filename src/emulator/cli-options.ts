// Reads the command line of the emulator.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { EmulatorOptions } from './options.ts';

export const USAGE = `usage: npm run emulator -- [options]
  --port N              port to listen on; 0 (default) takes a free one
  --host ADDRESS        address to listen on (default 127.0.0.1)
  --name NAME           name of the pool (default contoso)
  --tenant GUID         tenant whose tokens are taken
  --retention-days N    7 to 90 (default 90)
  --purge-protection    nobody can purge before the retention ends
  --limits MODE         documented (default) or off
  --latency MODE        none (default) or real
  --seed-keys N         fill a new pool with N keys
  --state DIR           keep the pool in this folder
  --ca-dir DIR          keep authority and issuer here, shared with other emulators
  --security-domain T   text, or file with it; pools with the same restore each other's backups
  --audit-log FILE      append an audit record of every authenticated request to FILE
  --audit-sink URL      post the audit records to URL, in JSON arrays, until they are accepted
  --audit-delay S       how late the sink gets them, 0 (default) to 600 seconds
  --json                print the first line as JSON`;

/** The command line does not say what to start. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const WholeNumber = z.string().regex(/^\d+$/, 'must be a whole number').transform(Number);
const Values = z.object({
  port: WholeNumber.pipe(z.int().max(65535)).optional(),
  host: z.string().min(1).optional(),
  name: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9-]{2,23}$/, 'must be 3 to 24 letters, digits or hyphens')
    .optional(),
  tenant: z.guid('must be a GUID').optional(),
  'retention-days': WholeNumber.pipe(z.int().min(7).max(90)).optional(),
  'purge-protection': z.boolean().optional(),
  limits: z.enum(['documented', 'off']).optional(),
  latency: z.enum(['none', 'real']).optional(),
  'seed-keys': WholeNumber.optional(),
  state: z.string().min(1).optional(),
  'ca-dir': z.string().min(1).optional(),
  'security-domain': z.string().min(1).optional(),
  'audit-log': z.string().min(1).optional(),
  'audit-sink': z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
  'audit-delay': WholeNumber.pipe(z.int().max(600)).optional(),
  json: z.boolean().optional(),
});

/** What the command line asks for. Throws UsageError listing every problem. */
export function readCommandLine(args: readonly string[]): { options: EmulatorOptions; json: boolean } {
  const parsed = Values.safeParse(rawValues(args));
  if (!parsed.success) {
    throw new UsageError(
      parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  }
  const { data } = parsed;
  const domain = data['security-domain'];
  const options = {
    port: data.port,
    host: data.host,
    name: data.name,
    tenantId: data.tenant,
    retentionDays: data['retention-days'],
    purgeProtection: data['purge-protection'],
    limits: data.limits,
    latency: data.latency,
    seedKeys: data['seed-keys'],
    stateDir: data.state,
    caDir: data['ca-dir'],
    auditLog: data['audit-log'],
    auditSink: data['audit-sink'],
    auditDelaySeconds: data['audit-delay'],
    securityDomain: domain === undefined ? undefined : fileOrText(domain),
  };
  return { options: given(options), json: data.json ?? false };
}

function rawValues(args: readonly string[]): object {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: string,
        host: string,
        name: string,
        tenant: string,
        'retention-days': string,
        'purge-protection': boolean,
        limits: string,
        latency: string,
        'seed-keys': string,
        state: string,
        'ca-dir': string,
        'security-domain': string,
        'audit-log': string,
        'audit-sink': string,
        'audit-delay': string,
        json: boolean,
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
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
