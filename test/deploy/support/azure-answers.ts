/** What az and azd answer where all is well, rule by rule; tests put their own rules in front. */
import type { Rule } from './fake-tool.ts';

/** The azd environment of a first deployment. */
export const ENVIRONMENT = {
  AZURE_ENV_NAME: 'warden',
  AZURE_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000001',
  AZURE_LOCATION: 'westeurope',
  AZURE_RESOURCE_GROUP: 'rg-warden',
  HSM_WARDEN_HSM_NAMES: 'contoso',
  HSM_WARDEN_HSM_RESOURCE_GROUP: 'rg-hsm',
} as const;

/** Every resource provider of the deployment. */
const PROVIDERS = [
  'Microsoft.App',
  'Microsoft.Authorization',
  'Microsoft.EventGrid',
  'Microsoft.EventHub',
  // As Azure spells it.
  'microsoft.insights',
  'Microsoft.KeyVault',
  'Microsoft.ManagedIdentity',
  'Microsoft.Network',
  'Microsoft.OperationalInsights',
  'Microsoft.Storage',
  'Microsoft.Web',
] as const;

/** A group that is missing until it is made. */
export function group(
  name: string,
  options: { readonly exists?: boolean; readonly forbidden?: boolean } = {},
): readonly Rule[] {
  const { exists = true, forbidden = false } = options;
  const made = `made ${name}`;
  return [
    { call: `^az group exists --name ${name} `, when: made, stdout: 'true\n' },
    { call: `^az group exists --name ${name} `, stdout: `${exists}\n` },
    forbidden
      ? { call: `^az group create --name ${name} `, code: 1, stderr: 'AuthorizationFailed\n' }
      : { call: `^az group create --name ${name} `, sets: made },
  ];
}

/** Providers of which those in `missing` are registered only once somebody asked for it. */
export function providers(missing: readonly string[] = []): readonly Rule[] {
  const list = (names: readonly string[]) => names.map((name) => `${name}\n`).join('');
  return [
    { call: '^az provider list ', when: 'registered', stdout: list(PROVIDERS) },
    { call: '^az provider list ', stdout: list(PROVIDERS.filter((name) => !missing.includes(name))) },
    ...missing.map((name) => ({ call: `^az provider register --namespace ${name} `, sets: 'registered' })),
  ];
}

/** A subscription where everything is ready. */
export const READY: readonly Rule[] = [
  { call: '^az account show', stdout: 'tenant-1\n' },
  { call: '^az cloud show', stdout: 'https://graph.microsoft.com/\n' },
  ...group('rg-warden'),
  ...group('rg-warden-backups'),
  ...providers(),
  {
    call: '^az bicep build-params --file infra/main.bicepparam --stdout$',
    stdout: '{"parametersJson":"{}"}\n',
  },
  { call: '^azd env set ' },
  {
    call: '^azd env get-value HSM_WARDEN_ENTRA_CLIENT_ID$',
    stdout: '22222222-2222-4222-8222-222222222222\n',
  },
  { call: '^azd env get-value HSM_WARDEN_HSM_NAMES$', stdout: 'contoso\n' },
  { call: '^npm run --silent warden -- deploy check --parameters ' },
];
