/** Parameters with which a deployment must be refused, and the words that say why. */
import { resolve } from 'node:path';
import type { BicepServer } from './bicep-server.ts';

/** By the parameter file in `infra/tests/refused`. */
const REFUSED: Readonly<Record<string, string>> = {
  'no-receiver': 'alertReceivers names nobody',
  'empty-receivers': 'alertReceivers names nobody',
  'no-drill-subnet': 'existingNetwork.drillSubnetId is missing',
  'new-hsm-in-this-group': 'azd down would delete the HSM and purge it',
};

/** Every one that the template of `folder` (a copy of `infra/`) takes, or refuses for another reason. */
export async function checkRefusals(server: BicepServer, folder: string): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [name, why] of Object.entries(REFUSED)) {
    const path = resolve(folder, 'tests', 'refused', `${name}.bicepparam`);
    const answer = await server.snapshot(path).then(
      () => 'it is taken',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (!answer.includes(why)) problems.push(`refusals: ${name} is not refused by "${why}": ${answer}`);
  }
  return problems;
}
