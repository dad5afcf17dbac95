/** `GET /api/openapi.json`: the description of the API, OpenAPI 3.1, made from the route table. */
import { app } from '@azure/functions';
import { z } from 'zod';
import { Problem } from '../../src/core/problem.ts';
import type { RouteSpec } from '../../src/core/route.ts';
import { API_ROUTES, OPENAPI } from '../../src/platform/features.ts';
import { alwaysAnswered } from './always-answered.ts';
import { toResponse } from './answer.ts';
import { MAX_BODY_BYTES } from './request.ts';

/** Registers the description; it says nothing that is not in the source. */
export function registerOpenApi(): void {
  app.http(OPENAPI, {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'api/openapi.json',
    handler: alwaysAnswered(() => toResponse({ status: 200, body: openApiDocument() })),
  });
}

/** The description of the API. */
export function openApiDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { spec } of API_ROUTES) {
    const path = `/${spec.path}`;
    paths[path] = { ...paths[path], [spec.method.toLowerCase()]: operationOf(spec) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'HSM Warden recovery API',
      version: '1.0.0',
      description: `Keys come back only after the right people approved exactly that. Bodies hold at most ${MAX_BODY_BYTES} bytes; unknown members are refused.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    security: [{ entra: [] }],
    paths,
    components: {
      securitySchemes: { entra: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: schemaOf(Problem, 'output') },
    },
  };
}

function operationOf(spec: RouteSpec) {
  const { operation, summary, roles, params, query, headers, body, raw, answers } = spec;
  const media = raw?.mediaTypes ?? ['application/json'];
  const schema = raw?.schema ?? body;
  const hasBody = !(schema instanceof z.ZodUndefined);
  const whose = roles === 'anybody' ? '' : ` (role ${roles.join(', ')})`;
  return {
    operationId: operation,
    summary: `${summary}${whose}`,
    ...(roles === 'anybody' ? { security: [] } : {}),
    parameters: [
      ...parametersIn('path', params),
      ...parametersIn('query', query),
      ...parametersIn('header', headers),
    ],
    ...(hasBody ? { requestBody: { required: true, content: contentOf(media, schema, 'input') } } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description, schema: answer }]) => [
          status,
          {
            description,
            ...(answer === undefined ? {} : { content: contentOf(['application/json'], answer, 'output') }),
          },
        ]),
      ),
      default: {
        description: 'Refused',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function contentOf(media: readonly string[], schema: z.ZodType, io: 'input' | 'output') {
  return Object.fromEntries(media.map((type) => [type, { schema: schemaOf(schema, io) }]));
}

function parametersIn(place: 'path' | 'query' | 'header', schema: z.ZodType) {
  if (!(schema instanceof z.ZodObject)) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input');
  return Object.entries(properties).map(([name, described]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: described,
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
