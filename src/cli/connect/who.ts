/** Who the commands act as, as far as a token says, and which of several sign-ins that is. */
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { CliContext } from '../frame/context.ts';
import { CLOUDS } from './clouds.ts';
import type { Connection } from './connection.ts';

/** What is shown of a token; it is not verified here, for who believes it verifies it. https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const Claims = z.object({
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  upn: z.string().optional(),
  oid: z.string().optional(),
  tid: z.string().optional(),
  appid: z.string().optional(),
  idtyp: z.string().optional(),
  xms_mirid: z.string().optional(),
});

/** Programs that people sign in with. https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in */
const PROGRAMS: Readonly<Record<string, string>> = {
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46': 'az login (or azd auth login)',
  '1950a258-227b-4e31-a9cf-717495945fc2': 'Azure PowerShell (Connect-AzAccount)',
  'aebc6443-996d-45c2-90f0-388ff96faa56': 'Visual Studio Code',
};

/** Whoever the commands act as. */
export interface Who {
  /** Which sign-in is used, for people. */
  readonly signIn: string;
  readonly name?: string | undefined;
  readonly objectId?: string | undefined;
  readonly tenant?: string | undefined;
  readonly application?: string | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
}

/** Asks for a token for HSMs, and reads whose it is. Fails with `signed-out` or `aborted`. */
export async function whoIs(
  connection: Connection,
  tokenFile: string | undefined,
  { signal }: Pick<CliContext, 'signal'>,
): Promise<Who> {
  const scope = `https://${CLOUDS[connection.cloud].suffix}/.default`;
  const token = await connection.credential.getToken(scope, { abortSignal: signal });
  const claims = claimsOf(token?.token ?? '');
  const { name, preferred_username, upn, oid, tid, appid } = claims;
  return {
    signIn: signInOf(connection, tokenFile, claims),
    name: preferred_username ?? upn ?? name,
    objectId: oid,
    tenant: tid,
    application: appid,
    expiresAt: token?.expiresOnTimestamp,
  };
}

/** A token that is none of Entra's says nothing. */
function claimsOf(token: string): z.output<typeof Claims> {
  try {
    return Claims.parse(decodeJwt(token));
  } catch {
    return {};
  }
}

function signInOf(
  { world, environment }: Connection,
  tokenFile: string | undefined,
  { appid = '', idtyp, xms_mirid }: z.output<typeof Claims>,
): string {
  if (world !== undefined) return 'the administrator of the local world';
  const file = tokenFile ?? environment.WARDEN_TOKEN_FILE;
  if (file !== undefined) return `the token in ${file}`;
  if (xms_mirid !== undefined) return `the managed identity ${xms_mirid.split('/').at(-1)}`;
  const program = PROGRAMS[appid.toLowerCase()];
  if (program !== undefined) return program;
  const what = 'the first that DefaultAzureCredential found';
  return idtyp === 'app' ? `an application, ${what} (AZURE_CLIENT_ID, workload identity)` : what;
}
