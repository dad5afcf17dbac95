/** Reads the target of a request as Kestrel does, the server of the official host (dotnet/aspnetcore, src/Servers/Kestrel). */

/** A target that was understood. */
export interface Target {
  /** As it came: the path and what follows it, for handing on. */
  readonly raw: string;
  /** The decoded segments of the path; none for `/`. A trailing slash counts for nothing, an empty segment does. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/**
 * Understands a target, or not: then the answer is an empty 400. Broken percent-encoding stays as it came, and so does
 * `%2F`, which does not divide segments (`UrlDecoder`). A null character is refused, and so is what is not ASCII.
 */
export function readTarget(text: string): Target | undefined {
  if (!/^[\x21-\x7e]+$/.test(text)) return undefined;
  const raw = text.replace(/^https?:\/\/[^/?]*/i, '');
  const [pathText = '', ...rest] = raw.split('?');
  if (!pathText.startsWith('/')) return undefined;
  const decoded = decode(pathText);
  if (decoded.includes('\0')) return undefined;
  const path = withoutDots(decoded.slice(1).split('/'));
  if (path.at(-1) === '') path.pop();
  return { raw, path, query: new URLSearchParams(rest.join('?')) };
}

/** Decodes each run of percent-encoded bytes that is text; what is not is kept. */
function decode(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
    run
      .split(/(%2f)/i)
      .map((part) => (/^%2f$/i.test(part) ? part : decodeText(part)))
      .join(''),
  );
}

function decodeText(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

function withoutDots(segments: readonly string[]): string[] {
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (index === segments.length - 1) kept.push('');
  }
  return kept;
}
