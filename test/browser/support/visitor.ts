/** A person at the console in a browser of their own, and everything the page does that it must not. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** How a person looks at the console. */
export type Eyes = Pick<BrowserContextOptions, 'viewport' | 'colorScheme' | 'forcedColors' | 'hasTouch'>;

/** The narrow and the wide screen that the console is made for. */
export const PHONE = { viewport: { width: 360, height: 640 } } as const;
export const DESK = { viewport: { width: 1280, height: 900 } } as const;

/** Somebody at the console. */
export class Visitor {
  readonly page: Page;
  /** Violations of the policy, errors of the page, requests to anybody else: all of it must stay empty. */
  readonly faults: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  /** Opens a browser profile of its own; `hosts` are those the page may call. */
  static async open(browser: Browser, hosts: readonly string[], eyes: Eyes = DESK): Promise<Visitor> {
    // The certificate authority of a local world is known to nobody else.
    const context = await browser.newContext({
      ...eyes,
      ignoreHTTPSErrors: true,
      timezoneId: 'Europe/Berlin',
    });
    const page = await context.newPage();
    const visitor = new Visitor(context, page);
    page.on('pageerror', (error) => visitor.faults.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) visitor.faults.push(message.text());
    });
    page.on('request', (request) => {
      const { host, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && !hosts.includes(host)) visitor.faults.push(`request to ${host}`);
    });
    return visitor;
  }

  /** Goes to `address` and signs in there as `person`, by the pages that a person sees. */
  async signIn(address: string, person: string): Promise<void> {
    await this.page.goto(address);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.choose(person);
    await this.page.locator('.person').waitFor();
  }

  /** Says at the issuer who one is. */
  async choose(person: string): Promise<void> {
    await this.page.locator(`button[name="person"][value="${person}"]`).click();
  }

  /** Takes the page away from the network, or gives it back. */
  async setOffline(isOffline: boolean): Promise<void> {
    await this.#context.setOffline(isOffline);
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
