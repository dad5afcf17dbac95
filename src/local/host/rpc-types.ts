/**
 * The shapes that `@azure/functions` exchanges with a worker, as far as this host uses them.
 * They belong to `@azure/functions-core`, which no registry carries: the worker supplies it at run time.
 * Source: the library's own converters (`@azure/functions/src/converters`) and the worker's
 * `src/eventHandlers/InvocationHandler.ts` (github.com/Azure/azure-functions-nodejs-worker).
 */
import type { HostLogLine } from './host-log.ts';

/** One value on its way to or from a function. */
export interface RpcTypedData {
  readonly string?: string | null;
  readonly json?: string | null;
  readonly bytes?: Uint8Array | null;
  readonly int?: number | null;
  readonly double?: number | null;
  readonly http?: RpcHttpData | null;
  readonly collectionBytes?: { readonly bytes: readonly Uint8Array[] } | null;
  readonly collectionString?: { readonly string: readonly string[] } | null;
}

/** A request, or a response: `statusCode` and `cookies` belong to the latter. */
export interface RpcHttpData {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly nullableQuery?: Readonly<Record<string, { readonly value: string }>>;
  readonly nullableParams?: Readonly<Record<string, { readonly value: string }>>;
  readonly body?: RpcTypedData | null;
  readonly statusCode?: string;
  readonly cookies?: readonly RpcCookie[];
}

/** A cookie of a response; absent attributes are null or undefined. `explicitNone` is the literal `SameSite=None`. */
export interface RpcCookie {
  readonly name?: string;
  readonly value?: string;
  readonly domain?: { readonly value?: string } | undefined;
  readonly path?: { readonly value?: string } | undefined;
  readonly expires?: { readonly value?: { readonly seconds?: number } } | undefined;
  readonly secure?: { readonly value?: boolean } | undefined;
  readonly httpOnly?: { readonly value?: boolean } | undefined;
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  readonly maxAge?: { readonly value?: number } | undefined;
}

/** A trigger, an input or an output as registered; further properties depend on `type`. */
export interface RpcBinding {
  readonly type: string;
  readonly direction: string;
  readonly [property: string]: unknown;
}

/** What a function registered. Binding names are made by the library. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, RpcBinding>>;
  readonly retryOptions?: unknown;
}

/** A function's handler, as registered. */
export type FunctionCallback = (...args: unknown[]) => unknown;

/** One value for one binding. */
interface RpcParameter {
  readonly name: string;
  readonly data: RpcTypedData;
}

/** What the host sends with an invocation. */
interface RpcInvocationRequest {
  readonly invocationId: string;
  readonly inputData: readonly RpcParameter[];
  readonly triggerMetadata: Readonly<Record<string, RpcTypedData>>;
}

/** What a finished invocation hands back. */
export interface RpcInvocationResponse {
  readonly invocationId: string;
  readonly outputData?: readonly RpcParameter[];
  readonly returnValue?: RpcTypedData | null;
}

/** What the library is given about the invocation it converts. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: RpcInvocationRequest;
  readonly metadata: FunctionMetadata;
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: HostLogLine['level'], category: HostLogLine['category'], message: string): void;
}

/** The library's converter for one invocation. */
interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<RpcInvocationResponse>;
}

/** The library itself, as it introduces itself to a worker. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
}
