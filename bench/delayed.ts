/** A port whose calls take virtual time, and are counted. */
import type { Clock } from '../src/core/ports.ts';

/** Calls by port and method, as `document read`. */
export type Counted = Record<string, number>;

/** How the calls of a port are slowed down. */
interface Delay {
  readonly clock: Pick<Clock, 'sleep'>;
  /** What one call takes, virtual milliseconds. */
  readonly ms: number;
  readonly counted: Counted;
  /** What the port is called in the counts. */
  readonly of: string;
}

/** `port` with each call delayed; of a list each page. What is no method stays as it is. */
export function delayed<T extends object>(port: T, { clock, ms, counted, of }: Delay): T {
  const count = (name: string) => {
    const key = `${of} ${name}`;
    counted[key] = (counted[key] ?? 0) + 1;
  };
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return (...args: unknown[]) => {
        count(name);
        const made: unknown = name === 'list' ? Reflect.apply(member, target, args) : undefined;
        if (isStream(made)) return slowly(made, () => clock.sleep(ms));
        return clock.sleep(ms).then(() => made ?? Reflect.apply(member, target, args));
      };
    },
  });
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* slowly(stream: AsyncIterable<unknown>, wait: () => Promise<void>): AsyncGenerator<unknown> {
  for await (const item of stream) {
    await wait();
    yield item;
  }
}
