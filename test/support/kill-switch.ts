/** Kills a process of the product at a chosen IO step: from then on none of its calls does anything. */
import { EventBus } from '../../src/core/events/bus.ts';
import type { EventSink } from '../../src/core/events/sink.ts';
import type { ExecuteDeps } from '../../src/features/recovery/execution/execute.ts';

/** The death of a process. No product code knows this error, so nothing can be done about it. */
class Killed extends Error {
  override readonly name = 'Killed';

  constructor() {
    super('killed');
  }
}

/** Counts the calls of every port it wraps; the chosen one is the last, and its effect happens or does not. */
export class KillSwitch {
  readonly #at: number;
  readonly #after: boolean;
  readonly #method: string | undefined;
  #count = 0;
  fired = false;

  /** Dies at call number `at` (from 1; of `method`, when given): after its effect, or before it. */
  constructor(at: number, after: boolean, method?: string) {
    this.#at = at;
    this.#after = after;
    this.#method = method;
  }

  /** The same dependencies, mortal. The audit log dies with its process too, but between its own calls it does not. */
  wrapAll(deps: ExecuteDeps, sink: EventSink): ExecuteDeps {
    return {
      ...deps,
      store: this.wrap(deps.store),
      audit: this.wrap(deps.audit),
      once: this.wrap(deps.once),
      bus: new EventBus([this.wrap(sink)], deps.clock),
      backups: this.wrap(deps.backups),
      queue: this.wrap(deps.queue),
      keysOf: (hsm) => this.wrap(deps.keysOf(hsm)),
    };
  }

  /** The same port, mortal. */
  wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (name === 'list') {
          return (...args: unknown[]) => {
            this.#die(String(name));
            return Reflect.apply(member, target, args);
          };
        }
        return async (...args: unknown[]) => {
          const isLast = this.#die(String(name));
          const answer: unknown = await Reflect.apply(member, target, args);
          if (isLast) {
            this.fired = true;
            throw new Killed();
          }
          return answer;
        };
      },
    });
  }

  /** Throws when the process is dead or dies before this call; says whether it dies after it. */
  #die(method: string): boolean {
    if (this.fired) throw new Killed();
    if (this.#method !== undefined && method !== this.#method) return false;
    this.#count += 1;
    if (this.#count !== this.#at) return false;
    if (this.#after) return true;
    this.fired = true;
    throw new Killed();
  }
}
