/** Answers of the topic's publish API, in the form of Event Grid's. */

/** An answer: its status, and its JSON body if it has one. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** https://learn.microsoft.com/azure/event-grid/post-to-custom-topic#response */
const CODES = {
  400: 'BadRequest',
  401: 'Unauthorized',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'RequestEntityTooLarge',
} as const;

/** All events were taken. The body is empty. */
export const ACCEPTED: Answer = { status: 200 };

/** The request was not taken, none of its events was. */
export function refusal(status: keyof typeof CODES, message: string): Answer {
  const code = CODES[status];
  return { status, body: { error: { code, message, details: [{ code, message }] } } };
}
