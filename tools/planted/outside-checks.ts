/** The checks by which nobody outside stops the apps, or has one thing taken for another, as those of checks.ts. */
import type { PlantedFault } from './checks.ts';

const TOKENS = { file: 'src/adapters/auth/token-verifier.ts', tests: 'test/adapters/auth/attacks.test.ts' };
const REFUSALS = {
  file: 'src/features/recovery/access/refusals.ts',
  tests: 'test/features/recovery/access/refusals.test.ts',
};
const EVENTS = {
  file: 'src/features/recovery/webhooks/webhook-body.ts',
  tests: 'test/features/recovery/webhooks',
};
const LIMITS = {
  file: 'src/features/recovery/request/open-limits.ts',
  tests: 'test/features/recovery/request',
};
const BODIES = { file: 'functions/http/request.ts', tests: 'test/functions/bounded.test.ts' };

export const OUTSIDE: readonly PlantedFault[] = [
  {
    check: 'half a character in a finding that somebody planted',
    file: 'src/features/audit/breaches.ts',
    from: 'problem: cutText(parsed.data.problem, LONGEST)',
    to: 'problem: parsed.data.problem',
    tests: 'test/attacks/rearming.test.ts',
  },
  {
    check: 'half a character in a stored document',
    file: 'src/core/documents/document-type.ts',
    from: 'json = parseWellFormed(text);',
    to: 'json = JSON.parse(text);',
    tests: 'test/features/recovery/execution/execute-refused.test.ts',
  },
  {
    check: 'text that nobody sees',
    file: 'src/core/model/plain-text.ts',
    from: 'return !HIDDEN.test(',
    to: 'return !/[\\u0000-\\u001f]/.test(',
    tests: 'test/core/model/plain-text.test.ts',
  },
  {
    ...TOKENS,
    check: 'what of a name in a token can be stored',
    from: 'storableName(claims.preferred_username ?? claims.name ?? oid, id)',
    to: '(claims.preferred_username ?? claims.name ?? oid).slice(0, 200)',
  },
  {
    ...TOKENS,
    check: 'what of roles and groups in a token can be stored',
    from: 'words.filter((word) => isPlain(word) && word.length <= 200)',
    to: 'words',
  },
  {
    check: 'today’s policy in what is missing',
    file: 'src/features/recovery/model/view.ts',
    from: 'missingFor([rule, today], approvers)',
    to: 'missingFor([rule], approvers)',
    tests: 'test/features/recovery/model',
  },
  {
    check: 'whether the groups of an approver are known',
    file: 'src/features/recovery/request/requirements.ts',
    from: 'if (groupsUnknown !== true ||',
    to: 'if (true || groupsUnknown !== true ||',
    tests: 'test/features/recovery/request/state-machine.test.ts',
  },
  {
    ...LIMITS,
    check: 'how many requests of a person are open',
    from: 'if (await this.#isFull(own, perRequester, logger))',
    to: 'if (false)',
  },
  {
    ...LIMITS,
    check: 'how many requests for an HSM are open',
    from: 'if (await this.#isFull(there, perHsm, logger))',
    to: 'if (false)',
  },
  {
    check: 'the age of ended requests in lists',
    file: 'src/features/recovery/request/list-recoveries.ts',
    from: 'return clock.now() - (attention === true ? Math.min(listMs, ATTENTION_MS) : listMs);',
    to: 'return 0;',
    tests: 'test/features/recovery/request/lists.test.ts',
  },
  {
    check: 'the names of the members of a query',
    file: 'src/core/route.ts',
    from: 'const NoQuery = z.strictObject({});',
    to: 'const NoQuery = z.object({});',
    tests: 'test/functions/bounded.test.ts',
  },
  {
    ...BODIES,
    check: 'the encoding of a body',
    from: "if (encoding !== null && encoding.trim().toLowerCase() !== 'identity') {",
    to: 'if (false) {',
  },
  {
    ...EVENTS,
    check: 'that the joined ids of two events differ',
    from: 'const eventId = JSON.stringify([source, id]);',
    to: 'const eventId = [source, id].join(" ");',
  },
  {
    ...EVENTS,
    check: 'that the joined ids of two alerts differ',
    from: 'JSON.stringify([essentials.alertId, essentials.firedDateTime])',
    to: '[essentials.alertId, essentials.firedDateTime].join(" ")',
  },
  {
    check: 'whether a key of the key set is one',
    file: 'src/adapters/auth/key-set.ts',
    from: 'filter((_, index) => usable[index])',
    to: 'filter((_, index) => usable[index] || true)',
    tests: 'test/adapters/auth/key-set.test.ts',
  },
  {
    ...REFUSALS,
    check: 'how many lines callers without a token make',
    from: 'const ANONYMOUS_PER_HOUR = 20;',
    to: 'const ANONYMOUS_PER_HOUR = 2_000;',
  },
  {
    ...REFUSALS,
    check: 'how many lines one caller makes',
    from: 'const CALLER_PER_HOUR = 20;',
    to: 'const CALLER_PER_HOUR = 2_000;',
  },
  {
    check: 'that writers of the log go on after a conflict',
    file: 'src/features/audit/audit-log.ts',
    from: 'const MOST_TRIES = 1_000;',
    to: 'const MOST_TRIES = 20;',
    tests: 'test/features/audit/audit-log.test.ts',
  },
];
