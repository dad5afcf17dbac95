/** `npm run infra:check -- --rules`: judges what would be deployed by the rules alone, with no snapshot to compare with. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BicepServer } from './bicep-server.ts';
import { check, type Registrations, registrationsWith } from './check-snapshot.ts';
import { SOVEREIGN_CLOUDS } from './clouds.ts';
import { PARAMETER_SETS } from './parameter-sets.ts';
import { checkRefusals } from './refusals.ts';
import { checkHostJson } from './rules/host-json.ts';
import { checkOrder } from './rules/order.ts';
import { checkParameters } from './rules/parameters.ts';
import { checkPolicy } from './rules/policy.ts';
import { checkRecoveryWebhook } from './rules/recovery-webhook.ts';
import { checkSealingVault } from './rules/sealing-vault.ts';
import { checkCloud } from './rules/zones.ts';

/**
 * Every violation in every parameter set of `folder` (a copy of `infra/`), a sentence each that begins with the set. What
 * does not compile, or does not start with the settings it would get, is a violation too.
 */
export async function judge(server: BicepServer, folder: string): Promise<readonly string[]> {
  const problems: string[] = [];
  let registrations: Registrations | undefined;
  // What is registered does not depend on the parameters, but a set with a drill HSM alone has all apps. That the apps start with
  // their settings is checked for each set.
  const sets = Object.entries(PARAMETER_SETS).sort(([, a], [, b]) => b.drills.length - a.drills.length);
  for (const [name, promise] of sets) {
    try {
      const { snapshot, inCloud } = await server.snapshot(resolve(folder, 'tests', `${name}.bicepparam`));
      registrations ??= registrationsWith(snapshot);
      const found = [
        ...check(snapshot, promise, registrations),
        // Zones that exist already are named by their ids, which are those of one cloud.
        ...(Object.keys(promise.dns.existing).length > 0
          ? []
          : SOVEREIGN_CLOUDS.flatMap((cloud) => checkCloud(inCloud(cloud), cloud))),
      ];
      problems.push(...found.map((problem) => `${name}: ${problem}`));
    } catch (error) {
      problems.push(`${name}: does not deploy: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return [
    ...problems,
    ...(await templateProblems(server, folder)),
    ...(await checkRefusals(server, folder)),
    ...checkHostJson(JSON.parse(readFileSync('host.json', 'utf8'))),
  ];
}

/** What the compiled template says that no prediction shows: order, repetition, secrecy. */
async function templateProblems(server: BicepServer, folder: string): Promise<readonly string[]> {
  try {
    const template = await server.compile(resolve(folder, 'main.bicep'));
    const webhook = await server.snapshot(resolve(folder, 'tests', 'recovery-webhook.bicepparam'));
    const vault = await server.snapshot(resolve(folder, 'tests', 'sealing-vault.bicepparam'));
    const policy = await server.snapshot(
      resolve(folder, 'tests', 'hsm-diagnostics-policy.bicepparam'),
      'management group',
    );
    return [
      ...checkOrder(template),
      ...checkParameters(template),
      ...checkRecoveryWebhook(webhook.snapshot),
      ...checkSealingVault(vault.snapshot),
      ...checkPolicy(policy.snapshot),
    ];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
