/** What the console costs a browser: bytes, and the time to the first page on a processor slowed four times. */
import { ConsoleWorld } from '../test/browser/support/console-world.ts';
import { buildConsole } from '../tools/build-console.ts';
import { consoleSizes } from '../tools/console-sizes.ts';
import { atMost, type Figure } from './figure.ts';

const TRIES = 5;
/** Notes when the verdict appears, in milliseconds since the navigation began. */
const WATCH = `
  new MutationObserver((_changes, observer) => {
    if (document.querySelector('.verdict') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.usableAt = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

const USABLE_AT = `
  new Promise((resolve) => {
    const timer = setInterval(() => {
      if (window.usableAt === undefined) return;
      clearInterval(timer);
      resolve(window.usableAt);
    }, 20);
  })
`;

/** The figures. */
export async function consolePages(): Promise<readonly Figure[]> {
  await buildConsole('dist/console');
  const { beforeSignIn, all } = await consoleSizes('dist/console');
  return [
    atMost('JavaScript before the sign-in, gzip', beforeSignIn / 1000, 'KB', 60),
    atMost('JavaScript in all, gzip', all / 1000, 'KB', 130),
    atMost('home usable, processor slowed 4 times, median', await usableAfter(), 'ms', 1000),
  ];
}

/** Signed in, from the navigation to the verdict on the page: the median of some tries, in milliseconds. */
async function usableAfter(): Promise<number> {
  const world = await ConsoleWorld.start();
  try {
    const { page } = await world.person('bob');
    await page.locator('.verdict').waitFor();
    await page.addInitScript(WATCH);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    const times: number[] = [];
    for (let tries = 0; tries < TRIES; tries += 1) {
      await page.goto(world.url);
      times.push(await page.evaluate<number>(USABLE_AT));
    }
    times.sort((a, b) => a - b);
    return times[Math.floor(TRIES / 2)] ?? Number.NaN;
  } finally {
    await world.close();
  }
}
