/** The world of `npm start`, its console, and people who look at it. */
import type { Browser } from 'playwright-core';
import { buildConsole } from '../../../tools/build-console.ts';
import { FourEyes } from '../../support/four-eyes.ts';
import { launchChromium } from './chromium.ts';
import { DESK, type Eyes, Visitor } from './visitor.ts';

/** The running world and its browser. */
export class ConsoleWorld {
  readonly world: FourEyes;
  readonly browser: Browser;
  readonly #visitors: Visitor[] = [];

  private constructor(world: FourEyes, browser: Browser) {
    this.world = world;
    this.browser = browser;
  }

  /** Builds the console, then starts everything; `settings` go over those of the recovery app. With `searches` there is an HSM to add. */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    searches = false,
  ): Promise<ConsoleWorld> {
    await buildConsole('dist/console');
    const world = await FourEyes.start(24, settings, { searches }, false);
    return new ConsoleWorld(world, await launchChromium());
  }

  /** The address of the console. */
  get url(): string {
    return this.world.apps.recovery.url;
  }

  /** Somebody who is not signed in. */
  async visitor(eyes: Eyes = DESK): Promise<Visitor> {
    const hosts = [this.url, this.world.local.world.issuer.name].map((url) => new URL(url).host);
    const visitor = await Visitor.open(this.browser, hosts, eyes);
    this.#visitors.push(visitor);
    return visitor;
  }

  /** `person`, signed in at `path`. */
  async person(person: string, path = '/', eyes: Eyes = DESK): Promise<Visitor> {
    const visitor = await this.visitor(eyes);
    await visitor.signIn(`${this.url}${path}`, person);
    return visitor;
  }

  /** What visitors saw go wrong, all together. */
  faults(): string[] {
    return this.#visitors.flatMap(({ faults }) => faults);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.world.close();
  }
}
