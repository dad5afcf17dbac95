/** What an operator gets who says nothing: the safe choice; and what is a secret is never shown. */
import { z } from 'zod';
import type { JsonValue } from '../snapshot.ts';

const Parameters = z.looseObject({
  parameters: z.record(
    z.string(),
    z.looseObject({ type: z.string().optional(), defaultValue: z.json().optional() }),
  ),
});

const SAFE_DEFAULTS: Readonly<Record<string, JsonValue>> = {
  privateNetworking: true,
  lockImmutability: false,
  auditLogToWorkspace: true,
  regionHasZones: true,
  siteUpdateStrategy: 'Recreate',
};

export function checkParameters(template: JsonValue): readonly string[] {
  const { parameters } = Parameters.parse(template);
  return [
    ...Object.entries(SAFE_DEFAULTS)
      .filter(([name, value]) => parameters[name]?.defaultValue !== value)
      .map(([name, value]) => `parameters: the default of ${name} is not ${String(value)}`),
    ...(parameters.eventWebhookUrl?.type === 'securestring'
      ? []
      : ['parameters: eventWebhookUrl, which often holds a token, is not secure']),
    ...(parameters.alertReceivers?.defaultValue === undefined
      ? []
      : ['parameters: alertReceivers has a default: nobody would be notified of anything']),
  ];
}
