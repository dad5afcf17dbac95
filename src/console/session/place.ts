/** Where a person was before the sign-in took the page away, kept for this tab alone. */

const PLACE = 'warden.place';
const MARK = 'warden.signed-in';

/** Notes the page that is shown, so that a deep link survives the sign-in. */
export function rememberPlace(): void {
  sessionStorage.setItem(PLACE, `${location.pathname}${location.search}`);
}

/** Goes back to the noted page without loading anything. */
export function returnToPlace(): void {
  const place = sessionStorage.getItem(PLACE) ?? '/';
  sessionStorage.removeItem(PLACE);
  // A path of this very site and nothing else, whatever was written there.
  const isOwn = place.startsWith('/') && !place.startsWith('//');
  history.replaceState(null, '', isOwn ? place : '/');
}

/** Whether somebody signed in in this tab before. */
export function isMarked(): boolean {
  return sessionStorage.getItem(MARK) !== null;
}

export function mark(): void {
  sessionStorage.setItem(MARK, 'yes');
}

export function unmark(): void {
  sessionStorage.removeItem(MARK);
}

/** Whether the identity provider has just sent the person back (the answer stands in the fragment). */
export function hasReturned(): boolean {
  return /[#&](code|error)=/.test(location.hash);
}
