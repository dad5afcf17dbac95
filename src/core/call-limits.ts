/** How long a call to an HSM may take: whoever begins one must hold its right to act for longer. */

/** One call of a port on an HSM as a whole: a token and its requests, among them the pages of a key's versions. Milliseconds. */
export const HSM_CALL_LIMIT_MS = 120_000;
