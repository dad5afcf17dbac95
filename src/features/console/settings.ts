/** The settings of the console, which the recovery app serves. */
import { z } from 'zod';
import { jsonOf } from '../../core/settings/kinds.ts';
import { setting, type Values } from '../../core/settings/setting.ts';

/** By the name of their environment variable. */
export const CONSOLE_SETTINGS = {
  WARDEN_CONSOLE: setting(z.stringbool(), {
    description: 'Whether the recovery app serves the web console beside its API.',
    expected: '`true` or `false`',
    default: 'true',
  }),
  WARDEN_CONSOLE_METADATA: setting(jsonOf(z.looseObject({ issuer: z.url() })), {
    description:
      'The OpenID configuration that the console takes in place of asking the issuer for it; for local use, where a browser does not know the issuer’s certificate.',
    expected: 'the JSON of an OpenID configuration',
    otherwise: 'none: the console asks the issuer',
  }),
} as const;

/** The configuration of the console. */
export interface ConsoleConfig {
  readonly enabled: boolean;
  /** JSON of an OpenID configuration. */
  readonly metadata?: string;
}

/** The configuration; the settings are without problems. */
export function consoleConfig(values: Values<typeof CONSOLE_SETTINGS>): ConsoleConfig {
  const { WARDEN_CONSOLE: enabled, WARDEN_CONSOLE_METADATA: metadata } = values;
  return { enabled, ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }) };
}
