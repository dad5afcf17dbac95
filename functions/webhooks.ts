/** `POST /api/webhooks/{source}`: a proven sender opens requests. `OPTIONS` is the CloudEvents handshake of Event Grid. */
import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import { WardenError } from '../src/core/errors.ts';
import type { RecoveryApp } from '../src/features/recovery/app.ts';
import type { Actor } from '../src/features/recovery/model/record.ts';
import { type AppForInvocation, answered } from './guard.ts';
import { check, json, readBody, readText } from './http.ts';

const Source = z.string().regex(/^[a-z0-9-]{1,40}$/);
const BODIES = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'];
/** The origin Event Grid names; also those of sovereign clouds. */
const EVENT_GRID = /^eventgrid\.azure\.(net|us|cn)$/;

/**
 * What the Event Grid schema's subscriptions, and simulators for any schema, send before they deliver.
 * https://learn.microsoft.com/azure/event-grid/webhook-event-delivery#validation-details
 */
const ValidationEvents = z.tuple([
  z.looseObject({
    eventType: z.literal('Microsoft.EventGrid.SubscriptionValidationEvent'),
    // What is sent back is sent by anybody: a code, and nothing that could be more.
    data: z.looseObject({ validationCode: z.string().regex(/^[0-9A-Za-z-]{1,100}$/) }),
  }),
]);

/** Registers deliveries and the handshakes. */
export function registerWebhooks(appFor: AppForInvocation): void {
  app.http('webhook', {
    methods: ['POST'],
    authLevel: 'anonymous',
    route: 'webhooks/{source}',
    handler: answered(appFor, deliver),
  });
  app.http('webhookHandshake', {
    methods: ['OPTIONS'],
    authLevel: 'anonymous',
    route: 'webhooks/{source}',
    handler: answered(appFor, handshake),
  });
}

async function deliver(
  request: HttpRequest,
  recovery: RecoveryApp,
  tell: (caller: Actor) => void,
): Promise<HttpResponseInit> {
  const source = check(Source, request.params.source, 'source');
  if (request.headers.get('aeg-event-type') === 'SubscriptionValidation') {
    return validate(source, request, recovery);
  }
  const body = await readText(request, BODIES);
  return json(202, { items: await recovery.webhooks.take(source, request.headers, body, tell) });
}

/** As the other handshake, it grants deliveries, not trust. */
async function validate(
  source: string,
  request: HttpRequest,
  recovery: RecoveryApp,
): Promise<HttpResponseInit> {
  if (!recovery.webhooks.knows(source)) throw unknown();
  const [{ data }] = await readBody(request, ValidationEvents);
  return json(200, { validationResponse: data.validationCode });
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection : it grants deliveries, not trust. */
async function handshake(request: HttpRequest, recovery: RecoveryApp): Promise<HttpResponseInit> {
  const source = check(Source, request.params.source, 'source');
  const origin = request.headers.get('webhook-request-origin') ?? '';
  if (!recovery.webhooks.knows(source) || !EVENT_GRID.test(origin)) {
    throw unknown();
  }
  return { status: 200, headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '30' } };
}

function unknown(): WardenError {
  return new WardenError('webhook-unknown', {
    message: 'There is no webhook source of this name for this origin.',
  });
}
