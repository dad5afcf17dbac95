/** Application settings inside bindings: `%NAME%` references, and switched-off functions. */
import { HostError } from './host-error.ts';
import type { RpcBinding } from './rpc-types.ts';

/** Settings by name, as `process.env` holds them. */
export type AppSettings = Readonly<Record<string, string | undefined>>;

/**
 * The binding's property as text with every `%NAME%` replaced by that setting
 * (learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns#binding-expressions---app-settings).
 * Undefined when the property is absent. Fails with `setting-missing`.
 */
export function bindingText(
  binding: RpcBinding,
  property: string,
  settings: AppSettings,
): string | undefined {
  const value = binding[property];
  if (typeof value !== 'string') return undefined;
  return value.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const setting = settings[name];
    if (setting === undefined) {
      throw new HostError(
        'setting-missing',
        `${binding.type} ${property} refers to the setting ${name}, which is not set`,
      );
    }
    return setting;
  });
}

/**
 * Whether `AzureWebJobs.{function}.Disabled` switches the function off; `_` may stand for `.` where the platform allows
 * no dots (learn.microsoft.com/azure/azure-functions/disable-function).
 */
export function isDisabled(functionName: string, settings: AppSettings): boolean {
  const value =
    settings[`AzureWebJobs.${functionName}.Disabled`] ?? settings[`AzureWebJobs_${functionName}_Disabled`];
  return value !== undefined && /^(true|1)$/i.test(value);
}
