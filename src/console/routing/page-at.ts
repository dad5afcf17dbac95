/** Which page an address means. */

/** The pages, by the pattern of their address. The platform lets each through: features/console/page-paths.ts. */
export const PATTERNS = {
  '/': 'home',
  '/keys': 'keys',
  '/keys/:hsm/:key': 'key',
  '/deleted': 'deleted',
  '/requests': 'requests',
  '/requests/:id': 'request',
  // What messages link to.
  '/recoveries/:id': 'request',
  '/inbox': 'inbox',
  '/nights': 'nights',
  '/nights/:hsm/:runId': 'night',
  '/drills': 'drills',
  '/audit': 'audit',
  '/hsms': 'hsms',
  '/settings': 'settings',
} as const;

export type PageName = (typeof PATTERNS)[keyof typeof PATTERNS];

/** A page and the parts of its address. */
export interface PageAt {
  readonly name: PageName;
  readonly params: Readonly<Record<string, string>>;
}

/** The page at `path`; nothing where there is none. */
export function pageAt(path: string): PageAt | undefined {
  for (const [pattern, name] of Object.entries(PATTERNS)) {
    const params = paramsOf(pattern, path);
    if (params !== undefined) return { name, params };
  }
  return undefined;
}

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== value) return undefined;
    } else {
      const text = decoded(value);
      if (text === undefined || text === '') return undefined;
      params[part.slice(1)] = text;
    }
  }
  return params;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
