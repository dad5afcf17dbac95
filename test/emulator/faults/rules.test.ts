// Which requests a fault rule spoils.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { createFaultBox } from '../../../src/emulator/faults/fault-box.ts';
import { decideFault, FaultRequest, type FaultRule } from '../../../src/emulator/faults/rules.ts';

const BACKUP = { operation: 'backupKey', key: 'k1' };

function rule(request: object, id = 1): FaultRule {
  return {
    ...FaultRequest.parse({ fault: { type: 'error', status: 503 }, ...request }),
    id,
    met: 0,
    fired: 0,
  };
}

/** How many of `times` requests are spoiled, one after the other, and the rules afterwards. */
function run(
  rules: FaultRule[],
  times: number,
  target = BACKUP,
): { faults: (string | undefined)[]; rules: FaultRule[] } {
  let now = rules;
  const faults = Array.from({ length: times }, () => {
    const step = decideFault(now, target);
    now = step.rules;
    return step.decision.fault?.type;
  });
  return { faults, rules: now };
}

describe('a rule meets', () => {
  test.each([
    ['every request', {}, BACKUP, true],
    ['its operation', { operation: 'backupKey' }, BACKUP, true],
    ['no other operation', { operation: 'getKey' }, BACKUP, false],
    ['its key', { key: 'k1' }, BACKUP, true],
    ['no other key', { key: 'k2' }, BACKUP, false],
    ['no request without a key in its path', { key: 'k1' }, { operation: 'listKeys' }, false],
    ['only both together', { operation: 'backupKey', key: 'k2' }, BACKUP, false],
  ])('%s', (_, request, target, expected) => {
    expect(decideFault([rule(request)], target).decision.fault !== undefined).toBe(expected);
  });
});

describe('how often', () => {
  test.each([
    [1, [true, false, false]],
    [2, [true, true, false]],
    [undefined, [true, true, true]],
  ])('count %s: %j', (count, expected) => {
    const { faults } = run([rule(count === undefined ? {} : { count })], 3);
    expect(faults.map((fault) => fault !== undefined)).toEqual(expected);
  });

  test('probability 0 never, probability 1 always', () => {
    expect(run([rule({ probability: 0 })], 500).faults.filter(Boolean)).toHaveLength(0);
    expect(run([rule({ probability: 1 })], 500).faults.filter(Boolean)).toHaveLength(500);
  });

  property.prop([fc.nat(), fc.double({ min: 0.1, max: 0.9, noNaN: true })])(
    'about its share of the requests, whatever the seed',
    (seed, probability) => {
      const hits = run([rule({ probability, seed })], 2000).faults.filter(Boolean).length;
      expect(Math.abs(hits / 2000 - probability)).toBeLessThan(0.1);
    },
  );

  property.prop([fc.nat(), fc.nat()])(
    'the same seed spoils the same requests, another seed others',
    (seed, step) => {
      const spoiled = (one: number) => run([rule({ probability: 0.5, seed: one })], 64).faults;
      expect(spoiled(seed)).toEqual(spoiled(seed));
      expect(spoiled(seed)).not.toEqual(spoiled(seed + 1 + (step % 1000)));
    },
  );

  test('a count counts faults, not requests', () => {
    const { faults, rules } = run([rule({ probability: 0.3, count: 2 })], 100);
    expect(faults.filter(Boolean)).toHaveLength(2);
    expect(rules[0]?.met).toBeGreaterThan(2);
  });
});

describe('several rules', () => {
  test('the first that fires wins; the ones behind it are not used up', () => {
    const rules = [rule({ count: 1 }, 1), rule({ fault: { type: 'truncated' }, count: 1 }, 2)];
    expect(run(rules, 3).faults).toEqual(['error', 'truncated', undefined]);
  });

  test('delays add up and let another fault happen as well', () => {
    const slow = (delayMs: number) => rule({ fault: { type: 'slow', delayMs } });
    const { decision } = decideFault([slow(200), slow(50), rule({ fault: { type: 'throttled' } })], BACKUP);
    expect(decision).toEqual({ delayMs: 250, fault: { type: 'throttled' } });
  });

  test('deciding changes no rule in place', () => {
    const rules = [rule({ count: 1 })];
    decideFault(rules, BACKUP);
    expect(rules[0]).toMatchObject({ met: 0, fired: 0 });
  });
});

describe('the box', () => {
  test('lists what was added with its counts, and nothing once cleared', () => {
    const box = createFaultBox(['backupKey']);
    box.add({ operation: 'backupKey', fault: { type: 'reset', when: 'after' } });
    box.decide(BACKUP);

    expect(box.list()).toMatchObject([{ id: 1, operation: 'backupKey', met: 1, fired: 1 }]);
    box.clear();
    expect(box.list()).toEqual([]);
    expect(box.decide(BACKUP)).toEqual({ delayMs: 0 });
  });

  test.each([
    ['an operation that does not exist', { operation: 'backup', fault: { type: 'truncated' } }],
    ['no fault', {}],
    ['an unknown fault', { fault: { type: 'explosion' } }],
    ['another status', { fault: { type: 'error', status: 502 } }],
    ['a probability above 1', { fault: { type: 'truncated' }, probability: 1.01 }],
    ['a count of 0', { fault: { type: 'truncated' }, count: 0 }],
    ['a misspelt member', { fault: { type: 'truncated' }, propability: 0.5 }],
  ])('refuses %s', (_, request) => {
    const box = createFaultBox(['backupKey']);
    expect(() => box.add(request)).toThrow(expect.objectContaining({ name: 'ZodError' }));
    expect(box.list()).toEqual([]);
  });
});
