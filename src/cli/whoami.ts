/** `hsm-warden whoami`: which sign-in the commands use, and who that is. */
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { CLOUDS } from './connect/clouds.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from './connect/connection.ts';
import { momentCell, when } from './connect/warden-options.ts';
import { defineCommand } from './frame/define.ts';

/** What is shown of a token; it is not verified here, for who believes it verifies it. https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const Claims = z.object({
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  upn: z.string().optional(),
  oid: z.string().optional(),
  tid: z.string().optional(),
  appid: z.string().optional(),
});

export const whoami = defineCommand({
  path: 'whoami',
  summary: 'Say which sign-in the commands use, and who that is',
  details: [
    'A token file is used where one is named; with --emulator the administrator of the local world; else whatever DefaultAzureCredential finds first: the environment, a workload or managed identity, az login, azd auth login. No token is shown.',
  ],
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden whoami', 'hsm-warden whoami --cloud AzureUSGovernment -o json'],
  schema: z.object(ConnectionOptions),
  async run(context, given) {
    const connection = await connect(context, given);
    const scope = `https://${CLOUDS[connection.cloud].suffix}/.default`;
    const token = await connection.credential.getToken(scope);
    const { name, preferred_username, upn, oid, tid, appid } = Claims.parse(decodeJwt(token?.token ?? ''));
    const tokenFile = given.tokenFile ?? context.environment.WARDEN_TOKEN_FILE;
    const signIn =
      connection.world !== undefined
        ? 'the administrator of the local world'
        : tokenFile !== undefined
          ? `the token in ${tokenFile}`
          : 'DefaultAzureCredential (environment, workload or managed identity, az login, azd auth login)';
    const expiresAt = token?.expiresOnTimestamp;
    const facts = {
      signIn,
      name: preferred_username ?? upn ?? name,
      objectId: oid,
      tenant: tid,
      application: appid,
    };
    return {
      data: { ...facts, expiresAt: when(expiresAt) },
      table: {
        columns: ['Fact', 'Value'],
        wraps: true,
        rows: [...Object.entries(facts), ['expires', momentCell(expiresAt)]],
      },
    };
  },
});
