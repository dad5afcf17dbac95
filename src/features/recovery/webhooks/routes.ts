/** `POST /api/webhooks/{source}`: a proven sender opens requests. `OPTIONS` is the CloudEvents handshake of Event Grid. */
import { z } from 'zod';
import { WardenError } from '../../../core/errors.ts';
import {
  checkInput,
  defineRoute,
  NOTHING,
  parseJson,
  type RouteAnswer,
  type RouteCall,
} from '../../../core/route.ts';
import type { Caller } from '../access/caller.ts';
import { SourceName } from './webhook-body.ts';
import { WebhookAnswer, type Webhooks } from './webhooks.ts';

/** What these routes work with. */
interface WebhooksApp {
  readonly webhooks: Webhooks;
}

const Params = z.object({ source: SourceName });
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

const text = z.string().exactOptional();

const deliver = defineRoute(
  {
    ...NOTHING,
    name: 'webhook',
    operation: 'deliverWebhook',
    method: 'POST',
    path: 'webhooks/{source}',
    summary: 'Open requests by a signed delivery (Standard Webhooks), or with the token of an application',
    roles: 'anybody',
    params: Params,
    headers: z.object({
      'webhook-id': text,
      'webhook-timestamp': text,
      'webhook-signature': text,
      'aeg-event-type': text,
    }),
    raw: { mediaTypes: BODIES, schema: z.union([z.looseObject({}), z.array(z.looseObject({}))]) },
    answers: {
      200: {
        description: 'The code of a SubscriptionValidationEvent, which needs no proof and grants none',
        schema: z.strictObject({ validationResponse: z.string() }),
      },
      202: {
        description: 'What became of each event',
        schema: z.strictObject({ items: z.array(WebhookAnswer) }),
      },
    },
  },
  async (call: RouteCall<WebhooksApp, Caller>, { params: { source }, headers }) => {
    const { app, request, identify } = call;
    if (headers['aeg-event-type'] === 'SubscriptionValidation') return validate(source, call);
    const body = await request.text(BODIES);
    return { status: 202, body: { items: await app.webhooks.take(source, request.headers, body, identify) } };
  },
);

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection : it grants deliveries, not trust. */
const handshake = defineRoute(
  {
    ...NOTHING,
    name: 'webhookHandshake',
    operation: 'webhookHandshake',
    method: 'OPTIONS',
    path: 'webhooks/{source}',
    summary: 'The CloudEvents abuse-protection handshake',
    roles: 'anybody',
    params: Params,
    headers: z.object({ 'webhook-request-origin': text }),
    answers: { 200: { description: 'Deliveries are welcome' } },
  },
  async ({ app }: RouteCall<WebhooksApp, Caller>, { params, headers }) => {
    const origin = headers['webhook-request-origin'] ?? '';
    if (!app.webhooks.knows(params.source) || !EVENT_GRID.test(origin)) throw unknown();
    return { status: 200, headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '30' } };
  },
);

/** By operation. */
export const WEBHOOK_ROUTES = { deliver, handshake } as const;

/** As the other handshake, it grants deliveries, not trust. */
async function validate(
  source: string,
  { app, request }: RouteCall<WebhooksApp, Caller>,
): Promise<RouteAnswer> {
  if (!app.webhooks.knows(source)) throw unknown();
  const events = parseJson(await request.text(['application/json']));
  const [{ data }] = checkInput(ValidationEvents, events, 'body');
  return { status: 200, body: { validationResponse: data.validationCode } };
}

function unknown(): WardenError {
  return new WardenError('webhook-unknown', {
    message: 'There is no webhook source of this name for this origin.',
  });
}
