/** Release policies: under which attestation an exportable key may leave its HSM. */

import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import type { OptionSpec } from '../frame/command.ts';
import { UsageError } from '../frame/failures.ts';
import { decodeText } from '../frame/text-input.ts';

/** What az prints as a template: https://learn.microsoft.com/cli/azure/keyvault/key#az-keyvault-key-get-policy-template */
export const POLICY_TEMPLATE = {
  anyOf: [{ allOf: [{ claim: '<claim name>', equals: '<value to match>' }], authority: '<issuer>' }],
  version: '1.0.0',
};

/** The shared attestation services and the claims of a confidential VM, for `--default-cvm-policy`: https://learn.microsoft.com/azure/confidential-computing/key-rotation-offline */
const CVM_AUTHORITIES = ['sharedeus.eus', 'sharedwus.wus', 'sharedneu.neu', 'sharedweu.weu'] as const;
const CVM_CLAIMS = {
  'x-ms-attestation-type': 'sevsnpvm',
  'x-ms-compliance-status': 'azure-compliant-cvm',
} as const;

/** Options of a release policy. */
export const POLICY_OPTIONS: readonly OptionSpec[] = [
  { flags: '--policy <json>', description: 'release policy as JSON, or a file that holds it' },
  {
    flags: '--immutable [yes]',
    description: 'whether the release policy can never be changed',
    choices: ['true', 'false'],
  },
];
/** For a new key. */
export const DEFAULT_CVM_POLICY: OptionSpec = {
  flags: '--default-cvm-policy',
  description: 'the release policy for the disks of confidential virtual machines',
};

/** The values of {@link POLICY_OPTIONS}. */
export const PolicyOptions = {
  policy: z.string().min(1, 'expected JSON, or a path').optional(),
  immutable: z.union([z.boolean(), z.stringbool()]).optional(),
  defaultCvmPolicy: z.boolean().optional(),
};
type Given = z.output<z.ZodObject<typeof PolicyOptions>>;

/** The policy as the service takes it; undefined when none is asked for. Fails with UsageError. */
export function releasePolicyOf({ policy, immutable, defaultCvmPolicy }: Given) {
  if (policy !== undefined && defaultCvmPolicy === true) {
    throw new UsageError('Give --policy or --default-cvm-policy, not both.');
  }
  if (policy === undefined && defaultCvmPolicy !== true) {
    if (immutable === undefined) return undefined;
    throw new UsageError('--immutable is said of a release policy, and none is given.', 'Add --policy FILE.');
  }
  const value = policy === undefined ? cvmPolicy() : jsonOrFile(policy, '--policy');
  return {
    encodedPolicy: Buffer.from(pythonJson(value)),
    ...definedOnly({ immutable }),
  };
}

/** JSON, or what is in the file of that name, as az takes it. Fails with UsageError. */
export function jsonOrFile(given: string, flag: string): unknown {
  const path = given.startsWith('@') ? given.slice(1) : given;
  const isFile = existsSync(path);
  const text = isFile ? decodeText(readFileSync(path), `The file ${path}`) : given;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(
      isFile
        ? `The file ${path} is no JSON.`
        : `${flag}: expected JSON, or the path of a file that holds it.`,
    );
  }
}

function cvmPolicy() {
  const allOf = Object.entries(CVM_CLAIMS).map(([claim, equals]) => ({ claim, equals }));
  const anyOf = CVM_AUTHORITIES.map((host) => ({ authority: `https://${host}.attest.azure.net/`, allOf }));
  return { version: '1.0.0', anyOf };
}

/** JSON as Python writes it, for then the policy that the HSM keeps is, byte by byte, the one that az would have sent. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]) => `${pythonJson(name)}: ${pythonJson(member)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
