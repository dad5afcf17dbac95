/** A fixture app that registers nothing. */
export const nothing = true;
