/** How people sign in, as the app says it. */

/** What the sign-in needs to know. */
export interface SignInConfig {
  /** The issuer: `https://login.microsoftonline.com/TENANT`, or another OpenID provider. */
  readonly authority: string;
  /** Hosts that the app trusts as an issuer without asking anybody. */
  readonly knownAuthorities: readonly string[];
  readonly protocolMode: 'AAD' | 'OIDC';
  /** The provider's own description, where it need not be asked for. */
  readonly authorityMetadata?: string;
  readonly clientId: string;
  /** The delegated scope of the API. */
  readonly scope: string;
}

/** What a stronger or fresher sign-in must bring. */
export interface Challenge {
  /** The claims request, as JSON. */
  readonly claims?: string;
  /** The person must prove again who they are: a token renewed in silence is not enough. */
  readonly mustProve: boolean;
}
