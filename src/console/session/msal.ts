/** Signs in by redirect: no popup, no frame. The same path for Entra and for any other OpenID provider. */
import {
  type AccountInfo,
  CacheLookupPolicy,
  InteractionRequiredAuthError,
  ProtocolMode,
  PublicClientApplication,
} from '@azure/msal-browser';
import type { Challenge, SignInConfig } from './config.ts';
import type { Entrance, Session } from './entrance.ts';
import { hasReturned, mark, rememberPlace, returnToPlace, unmark } from './place.ts';

let client: Promise<PublicClientApplication> | undefined;

/** Takes the answer of the identity provider, if there is one, and finds who is signed in. */
export async function resume(config: SignInConfig): Promise<Entrance> {
  const returned = hasReturned();
  const app = await clientOf(config);
  let account: AccountInfo | null | undefined;
  try {
    account = (await app.handleRedirectPromise({ navigateToLoginRequestUrl: false }))?.account;
  } catch (error) {
    returnToPlace();
    return { state: 'signed-out', trouble: `The sign-in was not completed: ${messageOf(error)}` };
  }
  if (returned) returnToPlace();
  account ??= app.getActiveAccount() ?? app.getAllAccounts()[0];
  if (account === undefined || account === null) {
    unmark();
    return { state: 'signed-out' };
  }
  app.setActiveAccount(account);
  mark();
  return { state: 'signed-in', session: sessionOf(app, config, account) };
}

/** Leaves the page. */
export async function leaveToSignIn(config: SignInConfig): Promise<void> {
  const app = await clientOf(config);
  await app.loginRedirect({ scopes: [config.scope], prompt: 'select_account' });
}

function sessionOf(app: PublicClientApplication, config: SignInConfig, account: AccountInfo): Session {
  const scopes = [config.scope];
  async function stepUp({ claims, mustProve }: Challenge): Promise<never> {
    rememberPlace();
    const wanted = { ...(claims === undefined ? {} : { claims }), ...(mustProve ? { prompt: 'login' } : {}) };
    await app.acquireTokenRedirect({ scopes, account, ...wanted });
    return new Promise<never>(() => {});
  }
  return {
    name: account.name ?? account.username,
    id: account.localAccountId,
    async token() {
      try {
        // Never by a hidden frame: the page allows none.
        const cacheLookupPolicy = CacheLookupPolicy.AccessTokenAndRefreshToken;
        return (await app.acquireTokenSilent({ scopes, account, cacheLookupPolicy })).accessToken;
      } catch (error) {
        if (!(error instanceof InteractionRequiredAuthError)) throw error;
        rememberPlace();
        await app.acquireTokenRedirect({ scopes, account });
        return new Promise<never>(() => {});
      }
    },
    stepUp,
    async signOut() {
      unmark();
      try {
        await app.clearCache({ account });
      } finally {
        location.assign('/');
      }
    },
  };
}

function clientOf(config: SignInConfig): Promise<PublicClientApplication> {
  client ??= open(config);
  return client;
}

async function open(config: SignInConfig): Promise<PublicClientApplication> {
  const { authority, authorityMetadata, clientId, knownAuthorities, protocolMode } = config;
  const app = new PublicClientApplication({
    auth: {
      clientId,
      authority,
      knownAuthorities: [...knownAuthorities],
      redirectUri: `${location.origin}/`,
      ...(authorityMetadata === undefined ? {} : { authorityMetadata }),
    },
    cache: { cacheLocation: 'sessionStorage' },
    system: { protocolMode: protocolMode === 'OIDC' ? ProtocolMode.OIDC : ProtocolMode.AAD },
  });
  await app.initialize();
  return app;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
