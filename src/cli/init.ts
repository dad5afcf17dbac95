/** `hsm-warden init`: writes a profile of a deployment: from azd, from a resource group, or from a few questions. */
import { z } from 'zod';
import { ResourceManager } from '../adapters/arm/resource-manager.ts';
import { definedOnly } from '../core/defined-only.ts';
import { readConfig } from '../platform/config/config.ts';
import { problemLine } from '../platform/config/problems.ts';
import { CLOUDS } from './connect/clouds.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, keepLocal } from './connect/connection.ts';
import {
  keptSettings,
  ProfileName,
  profileNames,
  setCurrentProfile,
  writeProfile,
} from './connect/profile.ts';
import { GroupName } from './deploy/parameters.ts';
import type { CommandContext } from './frame/context.ts';
import { defineCommand } from './frame/define.ts';
import { GuardRefusal } from './frame/failures.ts';
import { askSettings } from './profiles/ask-settings.ts';
import { azdPlace, defaultAzdEnvironment } from './profiles/azd-environment.ts';
import { type DeployedPlace, onlySubscription, readDeployedSettings } from './profiles/deployed-settings.ts';

const Schema = z.object({
  cloud: ConnectionOptions.cloud,
  caFile: ConnectionOptions.caFile,
  tokenFile: ConnectionOptions.tokenFile,
  profile: ProfileName.optional(),
  azd: z.string().min(1).optional(),
  resourceGroup: GroupName.optional(),
  subscription: z.guid().optional(),
  ask: z.boolean().default(false),
  force: z.boolean().default(false),
  resourceManager: z.url({ protocol: /^https$/, error: 'expected an https URL' }).optional(),
});
type Given = z.output<typeof Schema>;

export const init = defineCommand({
  path: 'init',
  summary: 'Write a profile of a deployment, and use it from now on',
  details: [
    'Where azd was used in this folder, the profile is made of its default environment, or of the one that --azd names; with --resource-group of the apps in that group; with --ask, and where there is neither, of your answers to a few questions. The settings are read from the two apps, so that the command line judges by what they go by. No secret is kept.',
    'Profiles are files in $XDG_CONFIG_HOME/hsm-warden (else ~/.config/hsm-warden). Every command goes by the one in use, by that of --profile or HSM_WARDEN_PROFILE, or, where WARDEN_… variables are set, by these alone.',
  ],
  format: 'table',
  arguments: [
    { name: '[profile]', description: 'what to call it (default: as azd or the group, else default)' },
  ],
  options: [
    { flags: '--azd <environment>', description: 'read .azure/ENVIRONMENT/.env of this folder' },
    { flags: '--resource-group <name>', description: 'the group that holds the two function apps' },
    { flags: '--subscription <id>', description: 'subscription of that group (default: the only one)' },
    { flags: '--ask', description: 'ask for the settings' },
    { flags: '--force', description: 'replace a profile of this name' },
    {
      flags: '--resource-manager <url>',
      description: 'address of Azure Resource Manager (default: that of the cloud)',
    },
    ...CONNECTION_OPTIONS.filter(({ flags }) => !/^--(emulator|profile)/.test(flags)),
  ],
  examples: [
    'hsm-warden init',
    'hsm-warden init production --resource-group rg-warden',
    'hsm-warden init --ask',
  ],
  interrupted: 'no profile was written, or a whole one.',
  schema: Schema,
  async run(context, given) {
    const { environment } = context;
    const source = await sourceOf(given, context.folder);
    const name = given.profile ?? ProfileName.safeParse(source.name.toLowerCase()).data ?? 'default';
    if (!given.force && (await profileNames(environment)).includes(name)) {
      throw new GuardRefusal(
        `There is a profile ${name} already; nothing was written.`,
        `Add --force to replace it, or give another name: hsm-warden init NAME`,
      );
    }
    const settings =
      source.place === undefined
        ? await askSettings(context)
        : await deployed(context, given, await source.place());
    const kept = keptSettings(settings);
    const cloud = given.cloud ?? 'AzureCloud';
    // What could not be used is not written.
    const { hsms, faults } = readConfig({ ...kept, WARDEN_CREDENTIAL: 'default' });
    const path = await writeProfile(environment, name, { cloud, settings: kept });
    await setCurrentProfile(environment, name);
    const names = hsms.map((hsm) => hsm.name);
    return {
      data: { profile: name, path, hsms: names, settings: kept },
      table: { columns: ['Profile', 'Hsms', 'Path'], rows: [[name, names.join(', '), path]] },
      page: [
        `Profile ${name} is in use: ${names.join(', ')}.`,
        `It is kept in ${path}.`,
        ...faults.map((fault) => `NOT VALID: ${problemLine(fault)}`),
        'Next: hsm-warden doctor',
      ].join('\n'),
    };
  },
});

interface Source {
  readonly name: string;
  /** Where the apps are; undefined: a person is asked. */
  readonly place: undefined | (() => Promise<DeployedPlace | string>);
}

/** Where the settings come from. A place that is a text is a group whose subscription has to be found. */
async function sourceOf({ ask, azd, resourceGroup, subscription }: Given, folder: string): Promise<Source> {
  if (ask) return { name: 'default', place: undefined };
  if (resourceGroup !== undefined) {
    const place =
      subscription === undefined ? resourceGroup : { subscriptionId: subscription, resourceGroup };
    return { name: resourceGroup, place: async () => place };
  }
  const known = azd ?? (await defaultAzdEnvironment(folder));
  if (known === undefined) return { name: 'default', place: undefined };
  return { name: known, place: () => azdPlace(folder, known) };
}

async function deployed(
  context: CommandContext,
  given: Given,
  place: DeployedPlace | string,
): Promise<Record<string, string>> {
  const url = given.resourceManager ?? CLOUDS[given.cloud ?? 'AzureCloud'].resourceManager;
  // Only the sign-in is of use: what the settings are is about to be found out.
  const environment = Object.fromEntries(
    Object.entries(context.environment).filter(
      ([name]) => !/^(WARDEN_|HSM_WARDEN_PROFILE$|XDG_CONFIG_HOME$|HOME$|USERPROFILE$)/.test(name),
    ),
  );
  const { cloud, caFile, tokenFile } = given;
  const connection = await connect({ ...context, environment }, { cloud, caFile, tokenFile });
  keepLocal(connection, url);
  const { credential, caPem } = connection;
  const { clock, signal } = context;
  // Without a token nothing can be read: then the command says how to sign in.
  await credential.getToken(`${url.replace(/\/+$/, '')}/.default`, { abortSignal: signal });
  const arm = new ResourceManager({ url, credential, clock, signal, ...definedOnly({ caPem }) });
  const found =
    typeof place === 'string' ? { subscriptionId: await onlySubscription(arm), resourceGroup: place } : place;
  return readDeployedSettings(arm, found);
}
