/** The proxies of a campaign: one in front of each service, and texts with addresses that go through them. */
import type { Directions } from '../moments/directions.ts';
import { type Fault, faultOf } from '../plan/faults.ts';
import { type ProxyOptions, type SickProxy, startProxy } from '../proxy/proxy.ts';

/** The faults of the campaign, counted. */
export interface Weather {
  readonly seed: number;
  readonly rate: number;
  /** Aborted at the end, when everything may come to rest. */
  readonly clearing: AbortController;
  /** What is to happen to certain requests, whatever the weather. */
  readonly directions: Directions;
  faults: number;
  requests: number;
}

/** Proxies over one weather. */
export class Detours {
  readonly #weather: Weather;
  readonly #security: Pick<ProxyOptions, 'caPem' | 'tls'>;
  readonly #proxies: SickProxy[] = [];
  /** Requests so far, by service. */
  readonly #counts = new Map<string, number>();
  /** The origin of a proxy, by that of its service. */
  readonly #origins = new Map<string, string>();

  constructor(weather: Weather, security: Pick<ProxyOptions, 'caPem' | 'tls'>) {
    this.#weather = weather;
    this.#security = security;
  }

  /** Puts a proxy in front of the service at `url`. */
  async past(service: string, url: string | undefined, observe?: ProxyOptions['observe']): Promise<void> {
    if (url === undefined) return;
    const { origin, protocol } = new URL(url);
    const isSecure = protocol === 'https:';
    this.#origins.set(origin, await this.inFrontOf(service, () => url, isSecure, observe));
  }

  /** Puts a proxy in front of whoever is at `target` at the moment. Returns its origin. */
  async inFrontOf(
    service: string,
    target: () => string | undefined,
    isSecure: boolean,
    observe?: ProxyOptions['observe'],
  ): Promise<string> {
    const { caPem, tls } = this.#security;
    const proxy = await startProxy({
      target: () => {
        const url = target();
        return url === undefined ? undefined : new URL(url);
      },
      caPem,
      tls: isSecure ? tls : undefined,
      fate: (asked) => this.#weather.directions.fateOf(service, asked) ?? { fault: this.#nextFault(service) },
      clearing: this.#weather.clearing.signal,
      onFault: () => {
        this.#weather.faults += 1;
      },
      ...(observe !== undefined && { observe }),
    });
    this.#proxies.push(proxy);
    return proxy.origin;
  }

  /** A text with the proxies' addresses in place of the services' own. */
  through(text: string): string {
    return [...this.#origins].reduce((changed, [origin, proxy]) => changed.replaceAll(origin, proxy), text);
  }

  async close(): Promise<void> {
    for (const proxy of this.#proxies) await proxy.close();
  }

  #nextFault(service: string): Fault | undefined {
    const { seed, rate, clearing } = this.#weather;
    this.#weather.requests += 1;
    if (clearing.signal.aborted) return undefined;
    const n = this.#counts.get(service) ?? 0;
    this.#counts.set(service, n + 1);
    return faultOf(seed, service, n, rate);
  }
}
