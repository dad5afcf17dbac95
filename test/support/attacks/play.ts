/** A history of honest people and an attacker over one world, and what must hold of it at every step. */
import { fc } from '@fast-check/vitest';
import { isWardenError } from '../../../src/core/errors.ts';
import type { KeyService } from '../../../src/core/ports.ts';
import { Recoveries } from '../../../src/features/recovery/request/recoveries.ts';
import { person } from '../recovery-builders.ts';
import { RecoveryWorld } from '../recovery-world.ts';
import { Attacker, type Container } from './attacker.ts';
import type { Choice } from './choice.ts';

/** One step of a history. */
export type Step =
  | { readonly by: 'people'; readonly choice: Choice }
  | { readonly by: 'attacker'; readonly container: Container | 'rollback'; readonly choice: Choice };

const aChoice = fc.record({ what: fc.nat(999), which: fc.nat(99), how: fc.nat(999) });

/** Histories in which the attacker holds `containers`; half of the steps are people's. */
export function histories(containers: readonly (Container | 'rollback')[]): fc.Arbitrary<readonly Step[]> {
  const honest = aChoice.map((choice) => ({ by: 'people' as const, choice }));
  const hostile = fc.record({
    by: fc.constant('attacker' as const),
    container: fc.constantFrom(...containers),
    choice: aChoice,
  });
  return fc.array(fc.oneof({ weight: 2, arbitrary: honest }, { weight: 1, arbitrary: hostile }), {
    minLength: 2,
    maxLength: 12,
  });
}

/** How the keys were lost. */
export const LOSSES = fc.constantFrom('deleted' as const, 'purged' as const);

/** What honest people did about one request, as they saw it. */
interface Asked {
  readonly id: string;
  readonly digest: string;
  readonly key: string;
  readonly approvers: Set<string>;
  ended: boolean;
  used: boolean;
}

const PEOPLE = ['bob', 'carol', 'dora', 'alice'];
const KEYS = ['orders', 'payroll'];

/** What is counted over all histories, so that a suite that does nothing is seen to. */
export const counted = { histories: 0, deeds: 0, succeeded: 0, refused: 0, otherKeys: 0 };

/** Plays one history, with `sealed` where decisions are sealed. Fails with what must not be. */
export async function play(
  steps: readonly Step[],
  lose: 'deleted' | 'purged',
  { sealed = false } = {},
): Promise<void> {
  const world = await aWorld(lose);
  if (sealed) world.sealDecisions();
  const attacker = new Attacker(world);
  const asked: Asked[] = [];
  counted.histories += 1;
  attacker.remember();
  for (const step of [...opening(), ...steps]) {
    if (step.by === 'people') await honestStep(world, asked, step.choice);
    else if (step.container === 'rollback') attacker.rollBack(step.choice);
    else await attacker.act(step.container, step.choice);
    judge(world, asked);
    if (step.by === 'people') attacker.remember();
  }
}

/** Most histories begin with a request that is approved, so that there is something to attack. */
function opening(): readonly Step[] {
  return [0, 1, 2].map((what) => ({ by: 'people', choice: { what, which: 0, how: what - 1 } }));
}

class PlayedWorld extends RecoveryWorld {
  /** Keys that the HSM brought back, in order, with the name it answered. */
  readonly deeds: string[] = [];
  judged = 0;

  override readonly keysOf = (name: string): KeyService => {
    const keys = this.keysOn(name);
    const { deeds } = this;
    return new Proxy(keys, {
      get(target, member) {
        const value: unknown = Reflect.get(target, member, target);
        if (typeof value !== 'function') return value;
        if (member !== 'recoverKey' && member !== 'restoreKey') return value.bind(target);
        return async (...args: unknown[]) => {
          const answer: { readonly name: string } = await Reflect.apply(value, target, args);
          deeds.push(answer.name);
          return answer;
        };
      },
    });
  };
}

async function aWorld(lose: 'deleted' | 'purged'): Promise<PlayedWorld> {
  const world = new PlayedWorld();
  for (const key of KEYS) {
    world.hsm.createKey(key);
    await world.backUp(key);
    world.hsm.deleteKey(key);
    if (lose === 'purged') world.hsm.purgeKey(key);
  }
  return world;
}

async function honestStep(world: PlayedWorld, asked: Asked[], { what, which, how }: Choice): Promise<void> {
  const one = asked[which % Math.max(1, asked.length)];
  switch (what % 8) {
    case 0: {
      const key = KEYS[how < 0 ? 0 : how % 2] ?? 'orders';
      const record = await quietly(world.ask({ key }));
      if (record === undefined) return;
      const { id, digest } = record;
      asked.push({ id, digest, key: record.operation.key, approvers: new Set(), ended: false, used: false });
      return;
    }
    case 1:
    case 2:
    case 3: {
      if (one === undefined) return;
      const who = PEOPLE[how % PEOPLE.length] ?? 'bob';
      const command = { type: 'approve', by: person(who), groups: [], digest: one.digest } as const;
      const done = await quietly(new Recoveries(world.deps()).command(one.id, command));
      if (done !== undefined) one.approvers.add(who);
      return;
    }
    case 4:
    case 5:
      if (one !== undefined) await world.deliver(one.id).catch(expected);
      return;
    case 6: {
      if (one === undefined) return;
      const command = { type: 'reject', by: person('dora'), reason: 'no' } as const;
      if ((await quietly(new Recoveries(world.deps()).command(one.id, command))) !== undefined)
        one.ended = true;
      return;
    }
    case 7: {
      const key = KEYS[which % 2] ?? 'orders';
      if (how % 2 === 0 && world.hsm.active.has(key)) {
        world.hsm.deleteKey(key);
        if (how % 4 === 0) world.hsm.purgeKey(key);
      } else {
        await world.clock.advance(how * 1_000);
        await quietly(world.reconcile());
      }
    }
  }
}

/** Every key that came back was asked for and approved by two people who did not ask for it, once, and was that key. */
function judge(world: PlayedWorld, asked: readonly Asked[]): void {
  for (const key of world.deeds.slice(world.judged)) {
    counted.deeds += 1;
    const fits = (one: Asked) =>
      one.approvers.size >= 2 && !one.approvers.has('alice') && !one.ended && !one.used;
    const own = asked.find((one) => fits(one) && one.key === key);
    const other = own ?? asked.find((one) => fits(one) && isOtherKey(world, one.id));
    if (other === undefined)
      throw new Error(
        `${key} came back without approvals: ${JSON.stringify(asked.map((a) => ({ ...a, approvers: [...a.approvers] })))}`,
      );
    other.used = true;
    if (own === undefined) counted.otherKeys += 1;
  }
  world.judged = world.deeds.length;
  const succeeded = world.topic.accepted.filter(({ type }) => type === 'HsmWarden.RecoverySucceeded');
  if (succeeded.length > world.deeds.length) throw new Error('a success was reported that never was');
  counted.succeeded = Math.max(counted.succeeded, succeeded.length);
  if (world.logger.lines.some(({ level }) => level === 'error')) counted.refused += 1;
}

/** Whether it was published, at the highest severity, that a request brought back another key. */
function isOtherKey(world: PlayedWorld, id: string): boolean {
  return world.topic.accepted.some(
    ({ type, data }) =>
      type === 'HsmWarden.RecoveryRestoredOtherKey' && 'recoveryId' in data && data.recoveryId === id,
  );
}

async function quietly<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch(expected);
}

/** A refusal is an answer; anything else is a fault of the product. */
function expected(error: unknown): undefined {
  if (!isWardenError(error)) throw error;
  return undefined;
}
