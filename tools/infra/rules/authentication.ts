/** The recovery API: the platform demands a token of the right issuer, but for the paths that guard themselves. */
import { PAGE_PATHS } from '../../../src/features/console/page-paths.ts';
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';

export function authentication({ promise, names }: Facts): Expected {
  const { clientId, tenantId } = promise.entra;
  return {
    rule: 'authentication',
    type: 'Microsoft.Web/sites/config',
    name: `${names.app.recovery}/authsettingsV2`,
    like: {
      condition: null,
      properties: {
        platform: { enabled: true, runtimeVersion: '~1' },
        globalValidation: {
          requireAuthentication: true,
          unauthenticatedClientAction: 'Return401',
          excludedPaths: [
            '/api/health',
            '/api/openapi.json',
            ...(promise.webConsole ? [...PAGE_PATHS, '/api/console/config'] : []),
            ...promise.sources.map((source) => `/api/webhooks/${source}`),
          ],
        },
        httpSettings: { requireHttps: true },
        identityProviders: {
          azureActiveDirectory: {
            enabled: true,
            registration: {
              clientId,
              openIdIssuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
            },
            validation: { allowedAudiences: [clientId, `api://${clientId}`] },
          },
        },
        login: { tokenStore: { enabled: false } },
      },
    },
  };
}
