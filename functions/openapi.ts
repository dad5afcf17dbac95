/** `GET /api/openapi.json`: the description of the API, made from the very schemas that check the requests. */
import { app } from '@azure/functions';
import { z } from 'zod';
import {
  ApprovalBody,
  AskBody,
  EndBody,
  RecoveryPage,
  RecoveryQuery,
  RecoveryView,
} from '../src/features/recovery/model/asking.ts';
import { alwaysAnswered } from './guard.ts';
import { json, MAX_BODY_BYTES, Problem } from './http.ts';
import { BackupsQuery, InventoryQuery } from './status.ts';

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^[0-9a-z]{26}$' } };
const SOURCE = {
  name: 'source',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[a-z0-9-]{1,40}$' },
};
const IF_MATCH = header('If-Match', 'Only the version of this ETag is changed');
const PEOPLE = [{ entra: [] }];

/** Registers the description; it says nothing that is not in the source. */
export function registerOpenApi(): void {
  app.http('openapi', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'openapi.json',
    handler: alwaysAnswered(() => json(200, openApiDocument())),
  });
}

/** The description of the API, OpenAPI 3.1. */
export function openApiDocument() {
  return {
    openapi: '3.1.0',
    info: {
      title: 'HSM Warden recovery API',
      version: '1.0.0',
      description: `Keys come back only after the right people approved exactly that. Bodies hold at most ${MAX_BODY_BYTES} bytes; unknown members are refused.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    security: PEOPLE,
    paths: { ...recoveryPaths(), ...statusPaths(), ...webhookPaths() },
    components: {
      securitySchemes: { entra: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: {
        RecoveryAsk: schemaOf(AskBody, 'input'),
        Approval: schemaOf(ApprovalBody, 'input'),
        End: schemaOf(EndBody, 'input'),
        Recovery: schemaOf(RecoveryView, 'output'),
        RecoveryPage: schemaOf(RecoveryPage, 'output'),
        Problem: schemaOf(Problem, 'output'),
      },
    },
  };
}

function recoveryPaths() {
  const act = (operationId: string, summary: string, body: string) => ({
    post: {
      operationId,
      summary,
      parameters: [ID, IF_MATCH],
      requestBody: content(body),
      responses: responses('200', 'The request as it stands now', 'Recovery'),
    },
  });
  return {
    '/recoveries': {
      post: {
        operationId: 'askForRecovery',
        summary: 'Ask for a key to be brought back (role Recovery.Request)',
        parameters: [header('Idempotency-Key', 'The same key and body give the same request')],
        requestBody: content('RecoveryAsk'),
        responses: responses('202', 'The request, waiting for approvals', 'Recovery'),
      },
      get: {
        operationId: 'listRecoveries',
        summary: 'List requests, newest first',
        parameters: queryOf(RecoveryQuery),
        responses: responses('200', 'A page of requests', 'RecoveryPage'),
      },
    },
    '/recoveries/{id}': {
      get: {
        operationId: 'getRecovery',
        summary: 'Look at a request',
        parameters: [ID, header('If-None-Match', 'Answer 304 while the ETag is still this')],
        responses: { ...responses('200', 'The request', 'Recovery'), '304': { description: 'Not changed' } },
      },
    },
    '/recoveries/{id}/approvals': act('approve', 'Approve exactly this (role Recovery.Approve)', 'Approval'),
    '/recoveries/{id}/rejection': act('reject', 'Reject a request (role Recovery.Approve)', 'End'),
    '/recoveries/{id}/cancellation': act('cancel', 'Cancel one’s own request (role Recovery.Request)', 'End'),
  };
}

function statusPaths() {
  const list = (operationId: string, summary: string, query: z.ZodObject) => ({
    get: { operationId, summary, parameters: queryOf(query), responses: responses('200', 'A list') },
  });
  return {
    '/keys': list('listKeys', 'List the active keys of an HSM', InventoryQuery),
    '/deleted-keys': list('listDeletedKeys', 'List the soft-deleted keys of an HSM', InventoryQuery),
    '/backups': list('listBackups', 'List the backups of a key, newest first', BackupsQuery),
    '/audit/verdict': {
      get: {
        operationId: 'verifyAudit',
        summary: 'Verify the whole audit log (role Recovery.Audit)',
        responses: responses('200', 'The verdict'),
      },
    },
    '/health': {
      get: {
        operationId: 'health',
        summary: 'Whether the gate is armed',
        security: [],
        responses: { ...responses('200', 'Armed'), '503': { description: 'Disarmed' } },
      },
    },
  };
}

function webhookPaths() {
  return {
    '/webhooks/{source}': {
      post: {
        operationId: 'deliverWebhook',
        summary:
          'Open requests by a signed delivery (Standard Webhooks), or with the token of an application',
        security: [],
        parameters: [
          SOURCE,
          ...['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => header(name, '')),
        ],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { type: ['object', 'array'] } } },
        },
        responses: {
          ...responses(
            '200',
            'The code of a SubscriptionValidationEvent, which needs no proof and grants none',
          ),
          ...responses('202', 'What became of each event'),
        },
      },
      options: {
        operationId: 'webhookHandshake',
        summary: 'The CloudEvents abuse-protection handshake',
        security: [],
        parameters: [SOURCE, header('webhook-request-origin', '')],
        responses: responses('200', 'Deliveries are welcome'),
      },
    },
  };
}

function responses(status: string, description: string, schema?: string) {
  const body = schema === undefined ? { schema: { type: 'object' } } : { schema: ref(schema) };
  return {
    [status]: { description, content: { 'application/json': body } },
    default: { description: 'Refused', content: { 'application/problem+json': { schema: ref('Problem') } } },
  };
}

function content(schema: string) {
  return { required: true, content: { 'application/json': { schema: ref(schema) } } };
}

function ref(schema: string) {
  return { $ref: `#/components/schemas/${schema}` };
}

function header(name: string, description: string) {
  return { name, in: 'header', description, schema: { type: 'string' } };
}

function queryOf(query: z.ZodObject) {
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !z.safeParse(z.object({ [name]: schema }), {}).success,
    schema: schemaOf(z.object({ [name]: schema }), 'input').properties?.[name] ?? {},
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
  });
  return described;
}
