/** The recovery app's HTTP API, called as the person at the terminal: the app proves who that is, and decides. */

import { type ApiInput, callApi, type SendToApi } from '../../core/api-client.ts';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import type { FleetHsmView } from '../../features/fleet/decide.ts';
import type { FindingView } from '../../features/recovery/findings/findings.ts';
import { FLEET_ROUTES } from '../../features/recovery/findings/fleet-routes.ts';
import { INCIDENT_ROUTES } from '../../features/recovery/findings/incident-routes.ts';
import type { IncidentView } from '../../features/recovery/findings/incidents.ts';
import { FINDING_ROUTES } from '../../features/recovery/findings/routes.ts';
import type { RecoveryView } from '../../features/recovery/model/asking.ts';
import {
  type GateView,
  REARMING_ROUTES,
  type RearmingView,
} from '../../features/recovery/rearming/routes.ts';
import { REQUEST_ROUTES } from '../../features/recovery/request/routes.ts';
import { sendOnce } from '../connect/http-call.ts';

/** The longest a person waits for an answer. */
const TIMEOUT_MS = 60_000;

/** How to reach the app. */
export interface RecoveryApiOptions {
  /** Its origin, like `https://recovery.contoso.com`. */
  readonly url: string;
  /** A bearer token of the person. */
  readonly token: () => Promise<string>;
  readonly caPem: string | undefined;
  readonly signal: AbortSignal;
}

const { ask, list, get, approve, reject, cancel } = REQUEST_ROUTES;

/** The requests of people. Every method fails with the code that the app answers with, or `identity-unreachable`. */
export class RecoveryApi {
  readonly #options: RecoveryApiOptions;

  constructor(options: RecoveryApiOptions) {
    this.#options = options;
  }

  /** Where the console shows a request. */
  pageOf(id: string): string {
    return pageOf(this.#options.url, id);
  }

  /** Opens a request. */
  async ask(body: NonNullable<ApiInput<typeof ask.spec>['body']>): Promise<RecoveryView> {
    return callApi(this.#send, ask.spec, { body });
  }

  /** The requests, newest first; at most `most`. */
  async list(
    query: NonNullable<ApiInput<typeof list.spec>['query']>,
    most: number,
  ): Promise<readonly RecoveryView[]> {
    const found: RecoveryView[] = [];
    let next: string | undefined;
    do {
      const page = await callApi(this.#send, list.spec, {
        query: { ...query, ...definedOnly({ next }) },
      });
      found.push(...page.items);
      next = page.next;
    } while (next !== undefined && found.length < most);
    return found.slice(0, most);
  }

  /** One request. */
  async get(id: string): Promise<RecoveryView> {
    return callApi(this.#send, get.spec, { params: { id } });
  }

  /** Approves exactly what `digest` stands for. */
  async approve(id: string, digest: string): Promise<RecoveryView> {
    return callApi(this.#send, approve.spec, { params: { id }, body: { digest } });
  }

  /** Ends a request. */
  async end(id: string, how: 'rejection' | 'cancellation', reason: string): Promise<RecoveryView> {
    const { spec } = how === 'rejection' ? reject : cancel;
    return callApi(this.#send, spec, { params: { id }, body: { reason } });
  }

  /** The lost keys, acknowledged or not. */
  async findings(): Promise<readonly FindingView[]> {
    return (await callApi(this.#send, FINDING_ROUTES.list.spec, {})).items;
  }

  /** Acknowledges one. */
  async acknowledge(id: string, reason: string): Promise<FindingView> {
    return callApi(this.#send, FINDING_ROUTES.acknowledge.spec, { params: { id }, body: { reason } });
  }

  /** The open incidents that last, acknowledged or not. */
  async incidents(): Promise<readonly IncidentView[]> {
    return (await callApi(this.#send, INCIDENT_ROUTES.list.spec, {})).items;
  }

  /** Acknowledges one. */
  async acknowledgeIncident(id: string, reason: string): Promise<IncidentView> {
    return callApi(this.#send, INCIDENT_ROUTES.acknowledge.spec, { params: { id }, body: { reason } });
  }

  /** Decides on an HSM that was found. */
  async decideOnHsm(how: keyof typeof FLEET_ROUTES, name: string, reason: string): Promise<FleetHsmView> {
    return callApi(this.#send, FLEET_ROUTES[how].spec, { params: { name }, body: { reason } });
  }

  /** Whether the gate is armed, what was found, and what is decided about it. */
  async gate(): Promise<GateView> {
    return callApi(this.#send, REARMING_ROUTES.show.spec, {});
  }

  /** Asks to arm the gate again. */
  async askToRearm(reason: string): Promise<RearmingView> {
    return callApi(this.#send, REARMING_ROUTES.ask.spec, { body: { reason } });
  }

  /** Approves exactly that. */
  async approveRearming(digest: string): Promise<RearmingView> {
    return callApi(this.#send, REARMING_ROUTES.approve.spec, { body: { digest } });
  }

  readonly #send: SendToApi = async ({ method, path, headers, body }) => {
    const { url, token, caPem, signal } = this.#options;
    const call = {
      url: `${url}${path}`,
      method,
      headers: { ...headers, authorization: `Bearer ${await token()}` },
      ...definedOnly({ body }),
      timeoutMs: TIMEOUT_MS,
      caPem,
      signal,
    };
    return sendOnce(call).then(
      (response) => ({ status: response.status, text: response.bodyAsText ?? '' }),
      (cause: unknown) => {
        throw signal.aborted ? aborted(cause) : unreachable(url, cause);
      },
    );
  };
}

function unreachable(url: string, cause: unknown): WardenError {
  return new WardenError('identity-unreachable', {
    message: `The recovery app at ${url} cannot be reached.`,
    advice: 'Is it running? If it is lost, docs/break-glass.md is the way.',
    cause,
  });
}

function aborted(cause: unknown): WardenError {
  return new WardenError('aborted', { message: 'Interrupted.', cause });
}

/** Where the console shows a request; `origin`: of the recovery app. */
export function pageOf(origin: string, id: string): string {
  return `${origin}/requests/${id}`;
}
