/** URLs as settings: each holds what it means and nothing beyond it, for what is beyond would be dropped without a word. */
import { z } from 'zod';
import { isLoopback } from './kinds.ts';

/** How much of a path a URL may have: none, the account of a storage emulator on this machine, or any. */
type PathRule = 'none' | 'account' | 'any';

/** An http or https URL without user, query and fragment; its host in lower case, its end without slashes. */
export function urlSetting(path: PathRule, protocol: RegExp = /^https?$/) {
  return z
    .url({ protocol, error: `expected ${protocol.test('http') ? 'a' : 'an https'} URL` })
    .transform((text, context) => {
      const url = new URL(text);
      const fault = faultOf(url, path);
      if (fault === undefined) return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
      context.addIssue({ code: 'custom', message: fault });
      return z.NEVER;
    });
}

function faultOf(
  { origin, username, password, search, hash, pathname }: URL,
  rule: PathRule,
): string | undefined {
  if (username !== '' || password !== '') return 'expected no user and no password in the URL';
  if (search !== '') return 'expected no query: a shared access signature is not used, the identity is';
  if (hash !== '') return 'expected nothing after #';
  const path = pathname.replace(/\/+$/, '');
  if (path === '' || rule === 'any') return undefined;
  if (rule === 'none') return `expected no path; found ${path}`;
  if (isLoopback(origin) && /^\/[^/]+$/.test(path)) return undefined;
  return isLoopback(origin)
    ? `expected the account alone as path, without a container; found ${path}`
    : `expected no path: containers have settings of their own; found ${path}`;
}

/** A value of a setting that is quoted in a message: what may be a secret in a URL is left out. */
export function withoutSecrets(value: string): string {
  return value.replaceAll(/\/\/[^/@\s]*@/g, '//…@').replaceAll(/\?[^\s,"]*/g, '?…');
}
