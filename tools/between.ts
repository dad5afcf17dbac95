/** Replaces the part of a page that is made from the code. */

/** `page` with `text` between `<!-- name: made by npm run docs -->` and `<!-- end of name -->`. Throws when a mark is missing. */
export function between(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: made by npm run docs -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected the marks of ${name} in the page`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}
