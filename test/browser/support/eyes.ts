/** Every way to see a page, and what keeps somebody out of it in any of them. */
import type { Page } from 'playwright-core';
import { overflowOf, violationsOn } from './axe.ts';
import { DESK, type Eyes, PHONE } from './visitor.ts';

/** Light, dark and forced colours, each narrow and wide. */
const EYES: readonly (readonly [string, Eyes])[] = [
  ['light, wide', { ...DESK, colorScheme: 'light' }],
  ['dark, wide', { ...DESK, colorScheme: 'dark' }],
  ['forced colours, wide', { ...DESK, forcedColors: 'active' }],
  ['forced colours, narrow', { ...PHONE, forcedColors: 'active' }],
  ['dark, narrow', { ...PHONE, colorScheme: 'dark' }],
  ['light, narrow', { ...PHONE, colorScheme: 'light' }],
];

/** A time as the API writes it; on a page times are local. */
const RAW_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d/g;

/** What is wrong with the page as it stands, by the eyes that see it; empty where nothing is. */
export async function findingsOn(page: Page): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, string[]> = {};
  const before = page.viewportSize();
  for (const [name, { viewport, colorScheme = 'light', forcedColors = 'none' }] of EYES) {
    if (viewport) await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, forcedColors });
    const overflow = await overflowOf(page);
    const wide = overflow > 0 ? [`${overflow} pixels wider than the screen`] : [];
    const all = [...(await violationsOn(page)), ...wide];
    if (all.length > 0) found[name] = all;
  }
  const raw = (await page.locator('body').textContent())?.match(RAW_TIME) ?? [];
  if (raw.length > 0) found['every eye'] = [`times that are not local: ${raw.join(', ')}`];
  if (before !== null) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null, forcedColors: null });
  return found;
}
