/** Where a page of the documentation is, for whoever has the program and not the repository. */

/** Not the end of a path or an address of somebody else's. */
const PAGE = /(?<![\w./:~\\-])docs\/[a-z-]+\.md(?!\w|\.\w)(#[\w-]+)?/g;

/**
 * `text` with the pages in it as addresses below `docs`: `https://github.com/OWNER/NAME/blob/v0.2.0`. Without one the pages keep
 * the names they have in the repository.
 */
export function withDocsAddress(text: string, docs: string | undefined): string {
  return docs === undefined ? text : text.replaceAll(PAGE, (page) => `${docs}/${page}`);
}

/** Where the pages of `version` are in `repository`, which is empty while nobody knows it; undefined in a checkout, which has them. */
export function docsAddress(entry: string, repository: string, version: string): string | undefined {
  return entry.endsWith('.ts') || repository === '' ? undefined : `${repository}/blob/v${version}`;
}
