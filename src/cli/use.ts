/** `hsm-warden use`: chooses the profile that commands go by, or lists the profiles. */
import { z } from 'zod';
import {
  currentProfile,
  ProfileName,
  profileNames,
  readProfile,
  setCurrentProfile,
} from './connect/profile.ts';
import { defineCommand } from './frame/define.ts';

export const use = defineCommand({
  path: 'use',
  summary: 'Choose the profile that commands go by, or list the profiles',
  details: [
    'Without a name it lists them. --profile NAME chooses one for a single command; where WARDEN_… variables are set, these count alone.',
  ],
  format: 'table',
  arguments: [{ name: '[profile]', description: 'the profile, as init called it' }],
  options: [],
  examples: ['hsm-warden use production', 'hsm-warden use'],
  schema: z.object({ profile: ProfileName.optional() }),
  async run({ environment }, { profile }) {
    if (profile !== undefined) {
      await readProfile(environment, profile);
      await setCurrentProfile(environment, profile);
    }
    const current = await currentProfile(environment);
    const names = await profileNames(environment);
    const profiles = await Promise.all(
      names.map(async (name) => {
        const { cloud, settings } = await readProfile(environment, name);
        return { name, inUse: name === current, cloud, hsms: settings.WARDEN_HSMS ?? '' };
      }),
    );
    const table = {
      columns: ['Profile', 'InUse', 'Cloud', 'Hsms'],
      rows: profiles.map(({ name, inUse, cloud, hsms }) => [name, inUse ? 'yes' : '', cloud, hsms]),
    };
    return {
      data: { profiles },
      table,
      page: (show) =>
        profiles.length === 0 ? 'There is no profile. hsm-warden init makes one.' : show(table),
    };
  },
});
