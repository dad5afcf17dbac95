/** Makes the tables of docs/api.md from the route table and the table of problems; the rest of the page is written by hand. */
import { PROBLEM_STATUS } from '../src/core/problem.ts';
import { READERS } from '../src/features/recovery/access/caller.ts';
import { API_ROUTES } from '../src/platform/features.ts';

/** `page` with its tables made again. Throws when a mark is missing. */
export function apiPage(page: string): string {
  return between(between(page, 'routes', routeTable()), 'problems', problemTable());
}

function routeTable(): string {
  const rows = API_ROUTES.map(({ spec }) => [
    `\`${spec.method} /api/${spec.path}\``,
    `\`${spec.name}\``,
    spec.summary,
    whoMay(spec.roles),
  ]);
  return table(['Route', 'Function', 'What for', 'App role'], rows);
}

function whoMay(roles: readonly string[] | 'anybody'): string {
  if (roles === 'anybody') return 'none; see below';
  if (READERS.every((role) => roles.includes(role))) return `any of ${READERS.map(code).join(', ')}`;
  return roles.map(code).join(', ');
}

function problemTable(): string {
  const byStatus = Map.groupBy(Object.entries(PROBLEM_STATUS), ([, status]) => status);
  const rows = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, codes]) => [
      String(status),
      codes
        .map(([name]) => code(name))
        .sort()
        .join(', '),
    ]);
  return table(['Status', '`code`'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** `page` with `text` between `<!-- name: made by npm run docs -->` and `<!-- end of name -->`. Throws when a mark is missing. */
function between(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: made by npm run docs -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected the marks of ${name} in the page`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}
