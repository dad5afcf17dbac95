/** The terminals of the captures, in columns. */
export const WIDTHS = [80, 140] as const;
