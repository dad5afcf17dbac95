/** The page on which one of the local people is chosen: what Entra's sign-in is in Azure. */
import type { LocalPerson } from './people.ts';

/** What the page is made of. */
export interface SignInPage {
  readonly people: readonly LocalPerson[];
  /** The person that the client expects. */
  readonly hint: string | undefined;
  /** Authentication contexts that the client wants. */
  readonly contexts: readonly string[];
}

/** Styles are the page's own; nothing else is loaded, and no script runs. */
const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}' +
  'button{display:block;width:100%;min-height:3rem;margin:.5rem 0;padding:.5rem 1rem;text-align:left;font:inherit;cursor:pointer}' +
  'small{display:block;opacity:.8}';

/** Under which the page is shown. */
export function signInPolicy(style: string): string {
  return `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; frame-ancestors 'none'`;
}

/** The text of the page's style, for its hash. */
export const SIGN_IN_STYLE = STYLE;

/** The page. Its form is sent back to its own address. */
export function signInPage({ people, hint, contexts }: SignInPage): string {
  const wanted =
    contexts.length === 0
      ? ''
      : `<p>The app asks for a stronger sign-in (${contexts.map(escaped).join(', ')}). Here, choosing a person is one.</p>`;
  const buttons = people.map(
    ({ name, roles, groups }) =>
      `<button name="person" value="${escaped(name)}"${name === hint ? ' autofocus' : ''}>${escaped(name)}` +
      `<small>${escaped([...roles.map((role) => role.replace('Recovery.', '')), ...groups].join(', '))}</small></button>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in to the local world</title><style>${STYLE}</style><main><h1>Sign in as</h1>${wanted}<form method="post">${buttons.join('')}</form><p>These people exist on this machine only.</p></main></html>\n`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
