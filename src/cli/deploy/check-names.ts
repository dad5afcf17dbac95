/** Checks the names: their form, and that nobody else in Azure has those that must be unique. */
import { z } from 'zod';
import { type Finding, fail, ok } from '../doctor/check.ts';
import { globalNames } from './names.ts';
import { groupId, isThere, type Survey, unread } from './survey.ts';

const Availability = z.object({
  nameAvailable: z.boolean(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
});
/** Letters, digits and single hyphens within: what apps, hubs and topics take. */
const PREFIX = /^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/;
const CHECK = 'name';

interface Question {
  readonly name: string;
  /** The group it will be in. */
  readonly group: string;
  readonly type: string;
  readonly path: string;
  readonly apiVersion: string;
  readonly body: object;
  /** What to do when it is taken. */
  readonly fix: string;
}

/** The prefix, then each name. */
export async function checkNames(survey: Survey): Promise<readonly Finding[]> {
  const { namePrefix } = survey.target;
  if (!PREFIX.test(namePrefix) || namePrefix.length < 2 || namePrefix.length > 8) {
    const fix =
      "In infra/main.bicepparam: param namePrefix = 'warden', 2 to 8 letters, digits and hyphens, a letter first.";
    return [fail('namePrefix', namePrefix, 'no name of a resource can be made of it', fix)];
  }
  const findings: Finding[] = [];
  for (const question of questions(survey)) findings.push(await free(survey, question));
  return findings;
}

async function free(survey: Survey, question: Question): Promise<Finding> {
  const { name, group, type, path, apiVersion, body, fix } = question;
  if (isThere(survey, group, type, name)) return ok(CHECK, name, `it is there already, in ${group}`);
  const base = `/subscriptions/${survey.target.subscriptionId}/providers`;
  const reading = await survey.arm.ask(`${base}/${path}`, apiVersion, body, Availability);
  if (reading.kind !== 'ok') return unread(CHECK, name, reading, 'Reader on the subscription');
  const { nameAvailable, reason, message } = reading.value;
  if (nameAvailable) return ok(CHECK, name, 'it is free');
  return fail(CHECK, name, message ?? reason ?? 'it is taken', fix);
}

function questions({ target }: Survey): readonly Question[] {
  const { resourceGroup, backupResourceGroup, newHsm } = target;
  const names = globalNames(target.namePrefix, groupId(target.subscriptionId, resourceGroup));
  const another = 'Another deployment has it: choose another namePrefix in infra/main.bicepparam.';
  return [
    ...names.storageAccounts.map((name) => ({
      name,
      group: name === names.backupAccount ? backupResourceGroup : resourceGroup,
      type: 'Microsoft.Storage/storageAccounts',
      // https://learn.microsoft.com/rest/api/storagerp/storage-accounts/check-name-availability
      path: 'Microsoft.Storage/checkNameAvailability',
      apiVersion: '2023-05-01',
      body: { name, type: 'Microsoft.Storage/storageAccounts' },
      fix: another,
    })),
    ...names.apps.map((name) => ({
      name,
      group: resourceGroup,
      type: 'Microsoft.Web/sites',
      // https://learn.microsoft.com/rest/api/appservice/check-name-availability
      path: 'Microsoft.Web/checknameavailability',
      apiVersion: '2023-12-01',
      body: { name, type: 'Site' },
      fix: another,
    })),
    {
      name: names.eventHubNamespace,
      group: resourceGroup,
      type: 'Microsoft.EventHub/namespaces',
      // https://learn.microsoft.com/rest/api/eventhub/namespaces/check-name-availability
      path: 'Microsoft.EventHub/checkNameAvailability',
      apiVersion: '2024-01-01',
      body: { name: names.eventHubNamespace },
      fix: another,
    },
    ...(newHsm === undefined
      ? []
      : [
          {
            name: newHsm.name,
            group: newHsm.resourceGroup,
            type: 'Microsoft.KeyVault/managedHSMs',
            // https://learn.microsoft.com/rest/api/keyvault/managedhsm/managed-hsms/check-mhsm-name-availability
            path: 'Microsoft.KeyVault/checkMhsmNameAvailability',
            apiVersion: '2023-07-01',
            body: { name: newHsm.name },
            fix: 'Choose another name for newHsm; a deleted HSM keeps its name until it is recovered or purged.',
          },
        ]),
  ];
}
