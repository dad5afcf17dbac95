/** `deploy check` against an Azure that is made up: a ready subscription, and what a test changes of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { type Ran, run } from '../../support/cli.ts';
import { type ArmTable, type FakeArm, list, startFakeArm, TOKEN } from './fake-arm.ts';
import { ENVIRONMENT, READY } from './ready-subscription.ts';

const Findings = z.array(
  z.object({
    check: z.string(),
    subject: z.string(),
    result: z.enum(['ok', 'warn', 'fail', 'unknown']),
    detail: z.string(),
    fix: z.string().optional(),
  }),
);

/** What a test runs. */
export interface DeployCheck {
  readonly arm: () => FakeArm;
  /** A folder for files of the test, with the token in `token`. */
  readonly folder: () => string;
  /** The options that lead to the Azure that is made up. */
  readonly reach: () => readonly string[];
  /** Runs the command with these arguments. */
  command(environment: Readonly<Record<string, string>>, args: readonly string[]): Promise<Ran>;
  /** Runs the check against a ready subscription with `changes`. */
  check(
    changes?: ArmTable,
    environment?: Readonly<Record<string, string>>,
    args?: readonly string[],
  ): Promise<Ran & { readonly findings: z.infer<typeof Findings> }>;
  /** The option that names a file with these parameters. */
  parameters(values: Readonly<Record<string, unknown>>): Promise<readonly string[]>;
}

/** Starts that Azure before the tests of a file and ends it afterwards. */
export function deployCheck(): DeployCheck {
  let arm: FakeArm;
  let folder: string;
  beforeAll(async () => {
    arm = await startFakeArm();
    folder = await mkdtemp(join(tmpdir(), 'warden-deploy-'));
    await writeFile(join(folder, 'ca.pem'), arm.caPem);
    await writeFile(join(folder, 'token'), TOKEN);
  });
  afterAll(async () => {
    await arm.close();
    await rm(folder, { recursive: true });
  });
  afterEach(() => {
    expect(arm.bad, 'requests without a token or a version').toEqual([]);
  });
  const reach = () => [
    '--resource-manager',
    arm.url,
    '--ca-file',
    join(folder, 'ca.pem'),
    '--token-file',
    join(folder, 'token'),
  ];
  const command = (environment: Readonly<Record<string, string>>, args: readonly string[]) =>
    run(['deploy', 'check', ...reach(), ...args], { environment });
  return {
    arm: () => arm,
    folder: () => folder,
    reach,
    command,
    async check(changes = {}, environment = {}, args = []) {
      arm.table = { ...READY, ...changes };
      const ran = await command({ ...ENVIRONMENT, ...environment }, ['-o', 'json', ...args]);
      const findings = ran.stdout === '' ? [] : Findings.parse(JSON.parse(ran.stdout));
      return { ...ran, findings };
    },
    async parameters(values) {
      const path = join(folder, 'parameters.json');
      const wrapped = Object.entries(values).map(([name, value]) => [name, { value }]);
      const parametersJson = JSON.stringify({ parameters: Object.fromEntries(wrapped) });
      await writeFile(path, JSON.stringify({ parametersJson, templateJson: '{}' }));
      return ['--parameters', path];
    },
  };
}

/** The parameters of a deployment that is ready. */
export const GIVEN = {
  hsms: [{ name: 'contoso', resourceGroupName: 'rg-hsm' }],
  entra: { clientId: ENVIRONMENT.HSM_WARDEN_ENTRA_CLIENT_ID },
  alertReceivers: { emails: ['oncall@example.com'] },
};
/** The resource providers, one of them in this state. */
export const providers = (state: string) =>
  list(
    [
      'App',
      'Authorization',
      'EventGrid',
      'EventHub',
      'Insights',
      'KeyVault',
      'ManagedIdentity',
      'Network',
      'OperationalInsights',
      'Storage',
      'Web',
    ].map((name) => ({
      namespace: `Microsoft.${name}`,
      registrationState: name === 'App' ? state : 'Registered',
    })),
  );
/** The rights of who asks. */
export const rights = (actions: readonly string[], notActions: readonly string[] = []) =>
  list([{ actions, notActions }]);
