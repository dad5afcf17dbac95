/** Makes the product's settings in a prediction into an environment an app can start with. */

/** Stands for an identity that only Azure can name. */
const CLIENT_ID = '44444444-4444-4444-8444-444444444444';
/** Stands for a secret that the platform reads from a vault. */
const WEBHOOK_SECRETS = JSON.stringify({ alerts: [`whsec_${'A'.repeat(32)}`] });

/**
 * Evaluates what the deployment computes from names, and puts believable values where only Azure knows the true ones.
 * Throws for an expression it does not understand, so that none reaches an app as text.
 */
export function resolveSettings(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => name.startsWith('WARDEN_'))
      .map(([name, value]) => [name, resolve(name, value)]),
  );
}

function resolve(name: string, value: string): string {
  if (value.startsWith('@Microsoft.KeyVault('))
    return name === 'WARDEN_NOTIFY_SECRETS' ? '{}' : WEBHOOK_SECRETS;
  if (value === 'tenant().tenantId') return CLIENT_ID;
  if (value.includes('.defaultHostName')) return 'https://func-warden-recovery.azurewebsites.net';
  if (!/(^\[[a-z])|\bref\(/.test(value)) return value;
  if (value.endsWith('.clientId') || value.endsWith('.principalId')) return CLIENT_ID;
  if (value.endsWith('.endpoint')) return 'https://warden.westeurope-1.eventgrid.azure.net/api/events';
  throw new Error(`${name} is an expression that cannot be evaluated here: ${value}`);
}
