/** The policy that sends the logs of HSMs to the hub: Managed HSMs only, one log to one hub, by an identity that may do that alone. */
import { differences, type Pattern, SOMETHING, sameItems } from '../pattern.ts';
import type { JsonValue, Snapshot } from '../snapshot.ts';

const GROUP = '/providers/Microsoft.Management/managementGroups/mg-hsms';
const RESOURCES = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden';
const RULE = `${RESOURCES}/providers/Microsoft.EventHub/namespaces/evhns-warden-w3j23au7fj2oi/authorizationRules/azure-monitor-sends`;
const ROLE = '/providers/Microsoft.Authorization/roleDefinitions/47be4a87-7950-4631-9daf-b664a405f074';
const SETTING = 'Microsoft.Insights/diagnosticSettings';
const NAME = /^hsm-warden-[a-z0-9]{13}$/;
const IDENTITY =
  /^ref\(\/providers\/Microsoft\.Management\/.*\/policyAssignments\/hsm-warden-[a-z0-9]{13}\)\.identity\.principalId$/;

const text = { type: 'String' };
const is = (field: string, equals: string | boolean): Pattern => ({ field, equals });
/** An expression of the policy itself, as an evaluated prediction shows it. */
const of = (name: string) => `parameters(${name})`;
const passed = (name: string): Pattern => ({ value: of(name) });

const DEFINITION: Pattern = {
  displayName: SOMETHING,
  description: SOMETHING,
  policyType: 'Custom',
  mode: 'Indexed',
  metadata: { category: 'Key Vault' },
  parameters: {
    effect: { ...text, allowedValues: sameItems(['DeployIfNotExists', 'AuditIfNotExists', 'Disabled']) },
    senderRuleId: text,
    hubName: text,
    location: text,
    settingName: text,
  },
  policyRule: {
    if: { allOf: [is('type', 'Microsoft.KeyVault/managedHSMs'), is('location', of('location'))] },
    // biome-ignore lint/suspicious/noThenProperty: a policy rule is written so.
    then: {
      effect: of('effect'),
      details: {
        type: SETTING,
        roleDefinitionIds: [ROLE],
        existenceCondition: {
          allOf: [
            is(`${SETTING}/eventHubAuthorizationRuleId`, of('senderRuleId')),
            is(`${SETTING}/eventHubName`, of('hubName')),
            {
              count: {
                field: `${SETTING}/logs[*]`,
                where: {
                  allOf: [
                    is(`${SETTING}/logs[*].category`, 'AuditEvent'),
                    is(`${SETTING}/logs[*].enabled`, true),
                  ],
                },
              },
              greaterOrEquals: 1,
            },
          ],
        },
        deployment: {
          properties: {
            mode: 'incremental',
            template: {
              $schema: /deploymentTemplate\.json#$/,
              contentVersion: '1.0.0.0',
              parameters: Object.fromEntries(
                ['hsmName', 'senderRuleId', 'hubName', 'settingName'].map((name) => [
                  name,
                  { type: 'string' },
                ]),
              ),
              resources: [
                {
                  type: `Microsoft.KeyVault/managedHSMs/providers/diagnosticSettings`,
                  apiVersion: '2021-05-01-preview',
                  name: `${of('hsmName')}/Microsoft.Insights/${of('settingName')}`,
                  properties: {
                    eventHubAuthorizationRuleId: of('senderRuleId'),
                    eventHubName: of('hubName'),
                    logs: [{ category: 'AuditEvent', enabled: true }],
                  },
                },
              ],
            },
            parameters: {
              hsmName: { value: 'field(name)' },
              senderRuleId: passed('senderRuleId'),
              hubName: passed('hubName'),
              settingName: passed('settingName'),
            },
          },
        },
      },
    },
  },
};

/** What must be there, by type, in the order of the template; nothing else may be. */
const REQUIRED: readonly (readonly [type: string, under: string, like: Pattern])[] = [
  ['Microsoft.Authorization/policyDefinitions', GROUP, DEFINITION],
  [
    'Microsoft.Authorization/policyAssignments',
    GROUP,
    {
      displayName: SOMETHING,
      description: SOMETHING,
      policyDefinitionId: `${GROUP}/providers/Microsoft.Authorization/policyDefinitions/hsm-warden-diagnostics`,
      enforcementMode: 'Default',
      parameters: {
        effect: { value: 'DeployIfNotExists' },
        senderRuleId: { value: RULE },
        hubName: { value: 'hsm-audit' },
        location: { value: 'westeurope' },
        settingName: { value: NAME },
      },
    },
  ],
  ['Microsoft.Authorization/roleAssignments', GROUP, assigned(ROLE)],
  [
    'Microsoft.Authorization/roleDefinitions',
    RESOURCES,
    {
      roleName: /^HSM Warden Policy/,
      description: SOMETHING,
      type: 'CustomRole',
      assignableScopes: [RESOURCES],
      permissions: [
        {
          actions: sameItems([
            'Microsoft.EventHub/namespaces/authorizationRules/read',
            'Microsoft.EventHub/namespaces/authorizationRules/listkeys/action',
          ]),
          notActions: [],
          dataActions: [],
          notDataActions: [],
        },
      ],
    },
  ],
  // On the rule that may only send, not on the namespace with its other rules.
  [
    'Microsoft.Authorization/roleAssignments',
    `${RULE}/`,
    assigned(/^\/subscriptions\/.*\/rg-warden\/.*\/roleDefinitions\//),
  ],
];

/** Every violation, a sentence each. */
export function checkPolicy({ predictedResources }: Snapshot): readonly string[] {
  const found = REQUIRED.map(([type, under]) =>
    predictedResources.filter((one) => one.type === type && one.id.startsWith(under)),
  );
  const strange = predictedResources.filter((one) => !found.flat().includes(one));
  return [
    ...REQUIRED.flatMap(([type, under, like], index) => {
      const [one, ...more] = found[index] ?? [];
      if (one === undefined || more.length > 0)
        return [`policy: expected one ${type} under ${under}, got ${more.length + (one ? 1 : 0)}`];
      const properties: JsonValue = JSON.parse(JSON.stringify(one.properties ?? null));
      return differences(properties, like).map((difference) => `policy: ${type}: ${difference}`);
    }),
    ...strange.map(({ type, id }) => `policy: ${type} ${id} belongs to no rule`),
  ];
}

function assigned(roleDefinitionId: Pattern): Pattern {
  return {
    principalId: IDENTITY,
    principalType: 'ServicePrincipal',
    roleDefinitionId,
    description: SOMETHING,
  };
}
