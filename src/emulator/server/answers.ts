// Writes outcomes and refusals as answers on the wire.
import { MaterialError } from '../crypto/material-spec.ts';
import { ServiceError, serviceErrors } from '../errors.ts';
import type { Outcome } from '../model/operation.ts';
import { AUDIENCE } from '../tokens/issuer.ts';
import type { WireAnswer, WireRequest } from '../wire/exchange.ts';
import { answerHeaders, challenge } from '../wire/headers.ts';
import { alphabeticalJson } from '../wire/json.ts';

/** What every answer carries: its request, its id and the time spent. */
export type AnswerFrame = {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly latencyMs: number;
  readonly tenantId: string;
};

/** The answer of an operation that succeeded. */
export function outcomeAnswer({ status, body }: Outcome, frame: AnswerFrame): WireAnswer {
  return answer(status, body === undefined ? '' : alphabeticalJson(body), frame);
}

/** The refusal of a request without a token: no JSON; a GET has the two characters `OK` as its body. */
export function challengeAnswer(frame: AnswerFrame): WireAnswer {
  return withChallenge(answer(401, frame.request.method === 'GET' ? 'OK' : '', frame), frame);
}

/** Any other refusal. The id in the text is the one in `x-ms-request-id`. */
export function errorAnswer(error: unknown, frame: AnswerFrame): WireAnswer {
  const { status, code, message } = serviceError(error);
  const text = `${message} (Activity ID: ${frame.requestId})`;
  const plain = answer(status, alphabeticalJson({ error: { code, message: text } }), frame);
  return status === 401 ? withChallenge(plain, frame) : plain;
}

/** The refusal that an error stands for; whatever nobody foresaw is the service's 500. */
function serviceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof MaterialError) return serviceErrors.badParameter(error.message, error);
  return serviceErrors.unknown(error);
}

function answer(status: number, body: string, { request, requestId, latencyMs }: AnswerFrame): WireAnswer {
  const { method, callerAddress } = request;
  const contentLength = Buffer.byteLength(body);
  return {
    status,
    headers: answerHeaders({ method, status, contentLength, requestId, latencyMs, callerAddress }),
    body,
  };
}

function withChallenge(plain: WireAnswer, { tenantId }: AnswerFrame): WireAnswer {
  return { ...plain, headers: { ...plain.headers, 'www-authenticate': challenge(tenantId, AUDIENCE) } };
}
