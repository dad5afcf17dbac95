/** Runs one function once, in the steps of the official Node worker, and says how it ended. */
import { randomUUID } from 'node:crypto';
import { withSystemLog } from './core-module.ts';
import { describeError, HostError } from './host-error.ts';
import type { HostLogger } from './host-log.ts';
import type { RegisteredFunction } from './load-app.ts';
import type { CoreInvocationContext, RpcInvocationResponse, RpcTypedData } from './rpc-types.ts';

/** What starts a function: the trigger's value and what is known about it. */
export interface TriggerInput {
  readonly data: RpcTypedData;
  readonly metadata?: Readonly<Record<string, RpcTypedData>>;
}

/** How an invocation ended; times in epoch milliseconds. */
export type InvocationOutcome = {
  readonly functionName: string;
  readonly invocationId: string;
  readonly startedAt: number;
  readonly endedAt: number;
} & (
  | { readonly status: 'succeeded'; readonly response: RpcInvocationResponse }
  | { readonly status: 'failed'; readonly error: unknown }
);

/** Runs functions. */
export interface Invoker {
  /** Runs it once. Never rejects: a thrown error is the outcome. */
  invoke(target: RegisteredFunction, input: TriggerInput): Promise<InvocationOutcome>;
}

/** What an invoker needs. */
export interface InvokerOptions {
  readonly log: HostLogger;
  readonly now: () => number;
  readonly timeoutMs: number | undefined;
}

/** Creates the invoker of one app. */
export function createInvoker(options: InvokerOptions): Invoker {
  return { invoke: (target, input) => invokeOnce(target, input, options) };
}

async function invokeOnce(
  target: RegisteredFunction,
  input: TriggerInput,
  options: InvokerOptions,
): Promise<InvocationOutcome> {
  const functionName = target.metadata.name;
  const invocationId = randomUUID();
  const startedAt = options.now();
  const context = coreContext(target, input, invocationId, options.log);
  const base = { functionName, invocationId, startedAt };
  context.log('information', 'system', `Executing '${functionName}' (Id=${invocationId})`);
  try {
    const work = withSystemLog(context.log, () => runSteps(target, context));
    const response = await withTimeout(work, functionName, options.timeoutMs);
    const endedAt = options.now();
    context.log(
      'information',
      'system',
      `Executed '${functionName}' (Succeeded, Id=${invocationId}, Duration=${endedAt - startedAt}ms)`,
    );
    return { ...base, endedAt, status: 'succeeded', response };
  } catch (error) {
    const endedAt = options.now();
    context.log(
      'error',
      'system',
      `Executed '${functionName}' (Failed, Id=${invocationId}, Duration=${endedAt - startedAt}ms): ${describeError(error)}`,
    );
    return { ...base, endedAt, status: 'failed', error };
  }
}

/** The steps and their order are the worker's: `src/eventHandlers/InvocationHandler.ts`. */
async function runSteps(
  target: RegisteredFunction,
  context: CoreInvocationContext,
): Promise<RpcInvocationResponse> {
  const model = await target.model.getInvocationModel(context);
  const { context: invocationContext, inputs } = await model.getArguments();
  context.state = 'invocation';
  const result = await model.invokeFunction(invocationContext, inputs, target.callback);
  context.state = undefined;
  return model.getResponse(invocationContext, result);
}

function coreContext(
  target: RegisteredFunction,
  input: TriggerInput,
  invocationId: string,
  log: HostLogger,
): CoreInvocationContext {
  const functionName = target.metadata.name;
  return {
    invocationId,
    metadata: target.metadata,
    request: {
      invocationId,
      inputData: [{ name: target.trigger.name, data: input.data }],
      triggerMetadata: input.metadata ?? {},
    },
    state: undefined,
    log: (level, category, message) => log({ level, category, message, functionName, invocationId }),
  };
}

/**
 * The official host ends the whole worker when `functionTimeout` passes; in one process the function cannot be stopped,
 * so its invocation counts as failed from then on and whatever it still does is without effect on the outcome.
 */
async function withTimeout<T>(
  work: Promise<T>,
  functionName: string,
  timeoutMs: number | undefined,
): Promise<T> {
  if (timeoutMs === undefined) return work;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new HostError(
            'function-timeout',
            `${functionName} ran longer than ${timeoutMs} ms (functionTimeout)`,
          ),
        ),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
