// Which headers an answer has: set by method and status, as counted over about 9,000 recorded answers.

/** On every answer. */
const ALWAYS = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'self'",
  'content-type': 'application/json; charset=utf-8',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
} as const;

/** Names the emulator instead of a region or build of the service; only the header's presence is a fact. */
const REGION = 'emulator';
const BUILD = '1.0.0-hsm-warden-emulator';

/** What the headers depend on. `latencyMs` is the time spent on the request, whole milliseconds. */
export type AnswerFacts = {
  readonly method: string;
  readonly status: number;
  readonly contentLength: number;
  readonly requestId: string;
  readonly latencyMs: number;
  readonly callerAddress: string;
};

/** The headers of an answer on key and role operations. */
export function answerHeaders(facts: AnswerFacts): Record<string, string> {
  const { method, status, callerAddress } = facts;
  return {
    ...ALWAYS,
    'content-length': String(facts.contentLength),
    'x-ms-request-id': facts.requestId,
    'x-ms-server-latency': String(facts.latencyMs),
    // Region and network information come only with success, the build only with GET.
    ...(status < 300 && {
      'x-ms-keyvault-network-info': `conn_type=Ipv4;addr=${callerAddress};act_addr_fam=Ipv4;`,
      'x-ms-keyvault-region': REGION,
    }),
    ...(method === 'GET' && { 'x-ms-build-version': BUILD }),
  };
}

/** The challenge of a 401, exactly as recorded more than 950 times. */
export function challenge(tenantId: string, audience: string): string {
  return `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="${audience}"`;
}
