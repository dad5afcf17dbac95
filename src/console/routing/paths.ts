/** The addresses of the pages, written once. */

export const requestPath = (id: string): string => `/requests/${encodeURIComponent(id)}`;
export const keyPath = (hsm: string, key: string): string =>
  `/keys/${encodeURIComponent(hsm)}/${encodeURIComponent(key)}`;
export const nightPath = (hsm: string, runId: string): string =>
  `/nights/${encodeURIComponent(hsm)}/${encodeURIComponent(runId)}`;
