/** Parses and matches the route templates of HTTP triggers (ASP.NET Core's syntax, which the official host uses). */
import { HostError } from '../host-error.ts';
import { type Constraint, findConstraint } from './route-constraints.ts';

/** One piece between slashes. */
type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly optional: boolean;
      readonly constraints: readonly Constraint[];
      readonly fallback: string | undefined;
    }
  | {
      readonly kind: 'catch-all';
      readonly name: string;
      readonly constraints: readonly Constraint[];
      readonly fallback: string | undefined;
    };

/** A parsed template. */
export interface RouteTemplate {
  readonly text: string;
  readonly segments: readonly Segment[];
}

const PARAMETER = /^\{(\*{0,2})([A-Za-z_]\w*)((?::[^}=?]+(?:\([^)]*\))?)*)(?:=([^}]*))?(\?)?\}$/;

/**
 * Parses a template such as `hsms/{hsm}/keys/{name:minlength(1)}/{version?}` or `files/{*rest}`.
 * A segment is a literal or exactly one parameter. Fails with `route-invalid`.
 */
export function parseRouteTemplate(text: string): RouteTemplate {
  const parts = text
    .replace(/^\/+|\/+$/g, '')
    .split('/')
    .filter((part) => part !== '');
  const segments = parts.map((part) => parseSegment(part, text));
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (
      !last &&
      (segment.kind === 'catch-all' || (isOpen(segment) && !segments.slice(index).every(isOpen)))
    ) {
      throw new HostError('route-invalid', `${text}: an optional or catch-all parameter must come last`);
    }
  }
  return { text, segments };
}

/**
 * Matches the decoded segments of a path. Returns the parameters that have a value, or undefined when the path does not
 * fit. Literals compare without case, as on the official host.
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
    const value = (segment.kind === 'catch-all' ? path.slice(index).join('/') : part) || segment.fallback;
    if (value === undefined) {
      if (segment.kind === 'catch-all' || segment.optional) continue;
      return undefined;
    }
    if (!segment.constraints.every((constraint) => constraint(value))) return undefined;
    values[segment.name] = value;
  }
  const open = template.segments.at(-1)?.kind === 'catch-all';
  return open || path.length <= template.segments.length ? values : undefined;
}

function parseSegment(part: string, template: string): Segment {
  if (!part.includes('{') && !part.includes('}')) return { kind: 'literal', text: part };
  const match = PARAMETER.exec(part);
  if (!match)
    throw new HostError('route-invalid', `${template}: "${part}" is neither a literal nor one parameter`);
  const [, stars = '', name = '', constraintText = '', fallback, optional] = match;
  const constraints = splitConstraints(constraintText).map((constraint) => {
    const found = findConstraint(constraint);
    if (!found)
      throw new HostError('route-invalid', `${template}: the constraint "${constraint}" is unknown`);
    return found;
  });
  return stars === ''
    ? { kind: 'parameter', name, optional: optional === '?', constraints, fallback }
    : { kind: 'catch-all', name, constraints, fallback };
}

function splitConstraints(text: string): readonly string[] {
  return text.split(/:(?![^(]*\))/).filter((constraint) => constraint !== '');
}

function isOpen(segment: Segment): boolean {
  return (
    segment.kind === 'catch-all' ||
    (segment.kind === 'parameter' && (segment.optional || segment.fallback !== undefined))
  );
}
