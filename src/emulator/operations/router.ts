// Finds the operation for a method and a path, however oddly the path is written.
import type { Operation } from '../model/operation.ts';

/** A match: the operation and its decoded route parameters. */
export type Match = { readonly operation: Operation; readonly params: Readonly<Record<string, string>> };

type Route = { operation: Operation; segments: readonly string[]; literals: number };

/**
 * Makes a finder over a table of operations. Clients send trailing slashes and empty segments (`/keys/{name}/`,
 * `/keys/{name}//sign`, `///providers/…`), so empty segments do not count.
 */
export function createRouter(
  operations: readonly Operation[],
): (method: string, path: string) => Match | undefined {
  const routes = operations
    .flatMap((operation) => operation.paths.map((path) => toRoute(operation, path)))
    .sort((a, b) => b.literals - a.literals);
  return (method, path) => {
    const segments = path.split('/').filter((segment) => segment !== '');
    for (const { operation, segments: pattern } of routes) {
      if (operation.method !== method || pattern.length !== segments.length) continue;
      const params = match(pattern, segments);
      if (params) return { operation, params };
    }
    return undefined;
  };
}

function toRoute(operation: Operation, path: string): Route {
  const segments = path.split('/').filter((segment) => segment !== '');
  return { operation, segments, literals: segments.filter((segment) => !segment.startsWith('{')).length };
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (expected.startsWith('{')) params[expected.slice(1, -1)] = decoded(segment);
    else if (expected.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign: taken as it is, and refused wherever a name is checked.
    return segment;
  }
}
