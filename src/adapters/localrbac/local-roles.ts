/** Local role-based access control of a Managed HSM over REST, for which there is no client library that suits. */

import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
  RestError,
} from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import type { Clock } from '../../core/ports.ts';
import type {
  LocalRoles,
  NewRoleDefinition,
  RoleAssignment,
  RoleDefinition,
} from '../../features/roles/ports.ts';
import { tlsPipelineOptions } from '../http/tls.ts';
import { translateHsmError } from '../http/translate-hsm-error.ts';
import { AssignmentList, DefinitionList, ServiceErrorBody } from './role-schema.ts';

/** https://learn.microsoft.com/rest/api/keyvault/administration */
const API_VERSION = '7.5';
const AUTHORIZATION = 'providers/Microsoft.Authorization';
/** How the service names a role in an assignment; seen on the wire without a slash in front. */
const ROLE_ID = `Microsoft.KeyVault/${AUTHORIZATION}/roleDefinitions/`;

/** What a {@link RestLocalRoles} works with. */
export interface LocalRolesOptions {
  readonly hsm: string;
  /** `https://{name}.managedhsm.azure.net`. */
  readonly url: string;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem?: string;
  /** How often the pipeline repeats a request that may pass; 5 unless said otherwise. */
  readonly retries?: number;
}

/** {@link LocalRoles} over REST. */
export class RestLocalRoles implements LocalRoles {
  readonly hsm: string;
  readonly #url: string;
  readonly #clock: Clock;
  readonly #pipeline: Pipeline;
  readonly #client: HttpClient;

  constructor(options: LocalRolesOptions) {
    this.hsm = options.hsm;
    this.#url = options.url.replace(/\/+$/, '');
    this.#clock = options.clock;
    this.#client = createDefaultHttpClient();
    this.#pipeline = createPipelineFromOptions({
      // Conflicts of two writers answer 409; five operations a second are allowed: the pipeline repeats 429 and 503.
      retryOptions: { maxRetries: options.retries ?? 5 },
      ...tlsPipelineOptions(options.caPem),
    });
    this.#pipeline.addPolicy(
      bearerTokenAuthenticationPolicy({ credential: options.credential, scopes: tokenScope(options.url) }),
      { phase: 'Sign' },
    );
  }

  async listDefinitions(signal?: AbortSignal): Promise<readonly RoleDefinition[]> {
    const { value } = await this.#call('list the roles', DefinitionList, 'GET', 'roleDefinitions', signal);
    return value.map(({ name, properties }) => ({
      id: name.toLowerCase(),
      roleName: properties.roleName,
      dataActions: properties.permissions.flatMap(({ dataActions }) => dataActions),
      notDataActions: properties.permissions.flatMap(({ notDataActions }) => notDataActions),
    }));
  }

  async listAssignments(signal?: AbortSignal): Promise<readonly RoleAssignment[]> {
    const { value } = await this.#call(
      'list the role assignments',
      AssignmentList,
      'GET',
      'roleAssignments',
      signal,
    );
    return value.map(({ name, properties }) => ({
      name,
      principalId: properties.principalId,
      roleId: (properties.roleDefinitionId.split('/').at(-1) ?? '').toLowerCase(),
      scope: properties.scope,
    }));
  }

  async putDefinition(definition: NewRoleDefinition, signal?: AbortSignal): Promise<void> {
    const { id, roleName, description, dataActions } = definition;
    const permission = { actions: [], notActions: [], dataActions, notDataActions: [] };
    const properties = {
      roleName,
      description,
      type: 'CustomRole',
      assignableScopes: ['/'],
      permissions: [permission],
    };
    await this.#call(`write the role ${roleName}`, z.unknown(), 'PUT', `roleDefinitions/${id}`, signal, {
      properties,
    });
  }

  async putAssignment(assignment: RoleAssignment, signal?: AbortSignal): Promise<void> {
    const { name, principalId, roleId, scope } = assignment;
    const properties = { roleDefinitionId: `${ROLE_ID}${roleId}`, principalId };
    const path = `roleAssignments/${name}`;
    await this.#call('assign a role', z.unknown(), 'PUT', path, signal, { properties }, scope);
  }

  async #call<T extends z.ZodType>(
    what: string,
    answer: T,
    method: 'GET' | 'PUT',
    path: string,
    signal?: AbortSignal,
    body?: object,
    scope = '/',
  ): Promise<z.output<T>> {
    try {
      const response = await this.#pipeline.sendRequest(
        this.#client,
        createPipelineRequest({
          url: `${this.#url}${scope === '/' ? '' : scope}/${AUTHORIZATION}/${path}?api-version=${API_VERSION}`,
          method,
          headers: createHttpHeaders({ accept: 'application/json', 'content-type': 'application/json' }),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...definedOnly({ abortSignal: signal }),
        }),
      );
      const text = response.bodyAsText ?? '';
      if (response.status < 300) return answer.parse(JSON.parse(text));
      const { error } = ServiceErrorBody.parse(JSON.parse(text));
      // Recorded: a repeated assignment is a 400. It is what was wanted.
      if (method === 'PUT' && error.code === 'RoleAssignmentExists') return answer.parse({});
      throw new RestError(error.message, {
        code: error.code,
        statusCode: response.status,
        request: response.request,
        response,
      });
    } catch (error) {
      throw translateHsmError(error, { hsm: this.hsm, what, signal }, this.#clock.now());
    }
  }
}

/** The audience belongs to the cloud: the host without the name of the HSM. On this machine any token does. */
function tokenScope(url: string): string {
  const { hostname } = new URL(url);
  const [, suffix = ''] = /^[^.]+\.(managedhsm\..+)$/.exec(hostname) ?? [];
  return `https://${suffix === '' ? 'managedhsm.azure.net' : suffix}/.default`;
}
