/** What a template must be for the button "Deploy to Azure" of the portal: one file, within the limits of Resource Manager. */
import { z } from 'zod';

const Json = z.json();
type JsonValue = z.infer<typeof Json>;
const Parameter = z.looseObject({
  type: z.string().optional(),
  nullable: z.boolean().optional(),
  metadata: z.looseObject({ description: z.string().optional() }).optional(),
});
const Template = z.looseObject({
  $schema: z.string(),
  contentVersion: z.string(),
  parameters: z.record(z.string(), Parameter).default({}),
  variables: z.record(z.string(), Json).default({}),
  resources: z.union([z.record(z.string(), Json), z.array(Json)]),
  outputs: z.record(z.string(), Json).default({}),
});

/** https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#template-limits */
const LIMITS = {
  bytes: 4 * 1024 * 1024,
  parameters: 256,
  variables: 256,
  outputs: 64,
  resources: 800,
} as const;
const LONGEST_EXPRESSION = 24_576;
const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';

/** What the portal, or Resource Manager, would refuse; empty when nothing. `text` is the template as it is published. */
export function portalProblems(text: string): readonly string[] {
  let parsed: JsonValue;
  try {
    parsed = Json.parse(JSON.parse(text));
  } catch {
    return ['it is no JSON'];
  }
  const template = Template.safeParse(parsed);
  if (!template.success) return ['it is no template of a deployment'];
  const { $schema, parameters, variables, outputs, resources } = template.data;
  const strings = stringsOf(parsed);
  const size = {
    bytes: Buffer.byteLength(text),
    parameters: Object.keys(parameters).length,
    variables: Object.keys(variables).length,
    outputs: Object.keys(outputs).length,
    resources: Object.keys(resources).length,
  };
  return [
    // The button deploys into a group; another schema would ask for another scope.
    ...($schema === SCHEMA ? [] : [`its schema is ${$schema}`]),
    ...(Object.keys(LIMITS) as (keyof typeof LIMITS)[])
      .filter((limit) => size[limit] > LIMITS[limit])
      .map((limit) => `${size[limit]} ${limit} are more than ${LIMITS[limit]}`),
    ...(strings.some((one) => one.startsWith('[') && one.length > LONGEST_EXPRESSION)
      ? [`an expression is longer than ${LONGEST_EXPRESSION} characters`]
      : []),
    // The portal fetches this file and no other.
    ...(hasMember(parsed, 'templateLink') ? ['it refers to another template'] : []),
    ...Object.entries(parameters)
      .filter(([, { metadata }]) => (metadata?.description ?? '') === '')
      .map(([name]) => `the form says nothing of ${name}`),
  ];
}

/** Parameters that the form demands: those without a default that are not nullable. */
export function demanded(text: string): readonly string[] {
  const { parameters } = Template.parse(JSON.parse(text));
  return Object.entries(parameters)
    .filter(([, parameter]) => !('defaultValue' in parameter) && parameter.nullable !== true)
    .map(([name]) => name);
}

function stringsOf(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(stringsOf);
}

function hasMember(value: JsonValue, name: string): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some((one) => hasMember(one, name));
  return Object.entries(value).some(([key, inner]) => key === name || hasMember(inner, name));
}
