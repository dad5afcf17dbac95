/** Whose settings a command goes by: those of a profile, or those of the environment; never a mixture of two deployments. */
import type { Environment } from '../../platform/config/config.ts';
import type { CloudName } from './clouds.ts';
import { currentProfile, readProfile } from './profile.ts';

/** The settings that count. */
export interface ChosenSettings {
  readonly environment: Environment;
  /** The profile they are of; undefined where they are those of the environment. */
  readonly profile?: string;
  /** The cloud of the profile. */
  readonly cloud?: CloudName;
}

/**
 * The profile that `name` or HSM_WARDEN_PROFILE names counts alone. Else an environment that names HSMs or storage counts alone,
 * and else the profile in use. Fails with UsageError when the profile is not there or cannot be understood.
 */
export async function chooseSettings(
  environment: Environment,
  name: string | undefined,
): Promise<ChosenSettings> {
  const wanted = name ?? (environment.HSM_WARDEN_PROFILE || undefined);
  if (wanted === undefined && namesDeployment(environment)) return { environment };
  const profile = wanted ?? (await currentProfile(environment));
  if (profile === undefined) return { environment };
  const { settings, cloud } = await readProfile(environment, profile);
  const others = Object.entries(environment).filter(([variable]) => !variable.startsWith('WARDEN_'));
  return { environment: { ...Object.fromEntries(others), ...settings }, profile, cloud };
}

function namesDeployment(environment: Environment): boolean {
  return Object.entries(environment).some(
    ([name, value]) => name.startsWith('WARDEN_') && value !== undefined && value.trim() !== '',
  );
}
