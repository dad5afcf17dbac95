/** Draws the pictures of the documentation from the texts beside them: `docs/pictures/{name}.txt` to `{name}.svg`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'docs/pictures';
const STYLE =
  'text{font:13px system-ui,sans-serif;fill:#1b1f24}.t{font-weight:600;font-size:15px}.s{fill:#57606a}.b{fill:#f6f8fa;stroke:#8c959f}.l{stroke:#8c959f;stroke-dasharray:3 3}.a{stroke:#0969da;stroke-width:1.5;marker-end:url(#m)}svg{background:#fff}';

/** The SVG of each picture, by file name. */
export function pictures(): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(FOLDER)
      .filter((file) => file.endsWith('.txt'))
      .map((file) => [file.replace('.txt', '.svg'), draw(readFileSync(join(FOLDER, file), 'utf8'))]),
  );
}

/** Writes them. */
export function writePictures(): void {
  for (const [file, svg] of pictures()) writeFileSync(join(FOLDER, file), svg);
}

function draw(text: string): string {
  const [head = '', ...lines] = text.trim().split('\n');
  const [kind = '', ...words] = head.split(' ');
  const title = words.join(' ');
  if (kind === 'stack') return stack(title, lines);
  if (kind === 'sequence') return sequence(title, lines);
  throw new Error(`expected stack or sequence, got ${kind}`);
}

/** One box above the other, each with its name and what it holds. */
function stack(title: string, lines: readonly string[]): string {
  const boxes = lines.map((line, row) => {
    const [name = '', what = ''] = line.split('|').map((part) => part.trim());
    const y = 44 + row * 62;
    return [
      `<rect class="b" x="20" y="${y}" width="720" height="50" rx="6"/>`,
      `<text class="t" x="36" y="${y + 21}">${escapeXml(name)}</text>`,
      `<text class="s" x="36" y="${y + 40}">${escapeXml(what)}</text>`,
    ].join('');
  });
  return svg(760, 44 + lines.length * 62 + 8, title, boxes);
}

/** Who calls whom, in time from top to bottom. */
function sequence(title: string, lines: readonly string[]): string {
  const [laneLine = '', ...steps] = lines;
  const lanes = laneLine
    .replace(/^lanes /, '')
    .split('|')
    .map((lane) => lane.trim());
  const width = 170;
  const height = 96 + steps.length * 46;
  const centre = (lane: string) => {
    const index = lanes.indexOf(lane);
    if (index < 0) throw new Error(`expected one of the lanes ${lanes.join(', ')}, got ${lane}`);
    return 20 + width / 2 + index * width;
  };
  const heads = lanes.map((lane) =>
    [
      `<line class="l" x1="${centre(lane)}" y1="78" x2="${centre(lane)}" y2="${height - 10}"/>`,
      `<rect class="b" x="${centre(lane) - 76}" y="44" width="152" height="32" rx="6"/>`,
      `<text x="${centre(lane)}" y="65" text-anchor="middle">${escapeXml(lane)}</text>`,
    ].join(''),
  );
  const arrows = steps.map((step, row) => {
    const [route = '', words = ''] = step.split('|').map((part) => part.trim());
    const [from = '', to = ''] = route.split('>').map((part) => part.trim());
    const [x1, x2, y] = [centre(from), centre(to), 118 + row * 46];
    return [
      `<line class="a" x1="${x1}" y1="${y}" x2="${x2 + (x2 > x1 ? -6 : 6)}" y2="${y}"/>`,
      `<text class="s" x="${Math.min(x1, x2) + 8}" y="${y - 7}">${row + 1}. ${escapeXml(words)}</text>`,
    ].join('');
  });
  return svg(120 + lanes.length * width, height, title, [...heads, ...arrows]);
}

function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="m" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#0969da"/></marker></defs>',
    `<text class="t" x="20" y="28">${escapeXml(title)}</text>`,
    ...parts,
    '</svg>',
  ].join('\n')}\n`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
