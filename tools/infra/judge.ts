/** `npm run infra:check -- --rules`: judges what would be deployed by the rules alone, with no snapshot to compare with. */
import { resolve } from 'node:path';
import type { BicepServer } from './bicep-server.ts';
import { check, registrationsWith } from './check-snapshot.ts';
import { PARAMETER_SETS } from './parameter-sets.ts';

/**
 * Every violation in every parameter set of `folder` (a copy of `infra/`), a sentence each that begins with the set. What
 * does not compile, or does not start with the settings it would get, is a violation too.
 */
export async function judge(server: BicepServer, folder: string): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [name, promise] of Object.entries(PARAMETER_SETS)) {
    try {
      const { snapshot } = await server.snapshot(resolve(folder, 'tests', `${name}.bicepparam`));
      problems.push(
        ...check(snapshot, promise, registrationsWith(snapshot)).map((problem) => `${name}: ${problem}`),
      );
    } catch (error) {
      problems.push(`${name}: does not deploy: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}
