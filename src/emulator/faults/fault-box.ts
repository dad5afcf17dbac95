// Holds the fault rules of a running emulator and answers the control requests about them.
import { decideFault, type FaultDecision, FaultRequest, type FaultRule, type FaultTarget } from './rules.ts';

/** The rules in force. */
export type FaultBox = {
  /** Decides about one request and counts it. */
  decide(target: FaultTarget): FaultDecision;
  list(): readonly FaultRule[];
  /** Adds a rule behind the others. Throws ZodError when the rule is not one. */
  add(rule: unknown): FaultRule;
  clear(): void;
};

/** `known` are the names of operations; a rule for another name would never do anything, so it is refused. */
export function createFaultBox(known: readonly string[]): FaultBox {
  const Request = FaultRequest.refine(
    ({ operation }) => operation === undefined || known.includes(operation),
    {
      path: ['operation'],
      message: `must be one of ${known.join(', ')}`,
    },
  );
  let rules: readonly FaultRule[] = [];
  let nextId = 1;
  return {
    decide(target) {
      if (rules.length === 0) return { delayMs: 0 };
      const { decision, rules: after } = decideFault(rules, target);
      rules = after;
      return decision;
    },
    list: () => rules,
    add(rule) {
      const added = { ...Request.parse(rule), id: nextId, met: 0, fired: 0 };
      nextId += 1;
      rules = [...rules, added];
      return added;
    },
    clear() {
      rules = [];
    },
  };
}
