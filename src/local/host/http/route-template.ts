/** Parses and matches the route templates of HTTP triggers, as far as apps need them of ASP.NET Core's syntax. */
import { HostError } from '../host-error.ts';

/** One piece between slashes. */
type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly optional: boolean }
  | { readonly kind: 'catch-all'; readonly name: string };

/** A parsed template. */
export interface RouteTemplate {
  readonly text: string;
  readonly segments: readonly Segment[];
}

const PARAMETER = /^\{(\*{0,2})([A-Za-z_]\w*)(\?)?\}$/;

/**
 * Parses a template such as `keys/{name}/{version?}` or `files/{*rest}`. A segment is a literal or exactly one parameter;
 * constraints and default values, which the official host has too, are refused. Fails with `route-invalid`.
 */
export function parseRouteTemplate(text: string): RouteTemplate {
  const parts = text.split('/').filter((part) => part !== '');
  const segments = parts.map((part) => parseSegment(part, text));
  const firstOpen = segments.findIndex(isOpen);
  const catchAll = segments.findIndex(({ kind }) => kind === 'catch-all');
  const closedAfterOpen = firstOpen >= 0 && !segments.slice(firstOpen).every(isOpen);
  if (closedAfterOpen || (catchAll >= 0 && catchAll < segments.length - 1)) {
    throw new HostError('route-invalid', `${text}: an optional or catch-all parameter must come last`);
  }
  return { text, segments };
}

/**
 * Matches the segments of a path. Returns the parameters that have a value, or undefined when the path does not fit.
 * Literals compare without case, as on the official host.
 */
export function matchRoute(
  template: RouteTemplate,
  path: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const values: Record<string, string> = {};
  for (const [index, segment] of template.segments.entries()) {
    const part = path[index];
    if (segment.kind === 'literal') {
      if (part === undefined || part.toLowerCase() !== segment.text.toLowerCase()) return undefined;
      continue;
    }
    const value = segment.kind === 'catch-all' ? path.slice(index).join('/') : part;
    if (value) values[segment.name] = value;
    else if (!isOpen(segment)) return undefined;
  }
  const open = template.segments.at(-1)?.kind === 'catch-all';
  return open || path.length <= template.segments.length ? values : undefined;
}

function parseSegment(part: string, template: string): Segment {
  if (!part.includes('{') && !part.includes('}')) return { kind: 'literal', text: part };
  const match = PARAMETER.exec(part);
  if (!match)
    throw new HostError(
      'route-invalid',
      `${template}: "${part}" is neither a literal nor one plain parameter`,
    );
  const [, stars = '', name = '', optional] = match;
  return stars === '' ? { kind: 'parameter', name, optional: optional === '?' } : { kind: 'catch-all', name };
}

function isOpen(segment: Segment): boolean {
  return segment.kind === 'catch-all' || (segment.kind === 'parameter' && segment.optional);
}
