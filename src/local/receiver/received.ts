/** Reads what a service on this machine was sent as the message that people would see. */
import { z } from 'zod';
import type { LocalChannel, PATHS } from './local-channels.ts';
import { cardLines, type ShownLine, slackLines } from './markup.ts';
import { readMail } from './read-mail.ts';

/** A message as people would see it. */
export interface Received {
  readonly channel: LocalChannel;
  /** ISO 8601, when it arrived. */
  readonly at: string;
  readonly title: string;
  /** Whom it is addressed to, where the channel addresses people. */
  readonly to: readonly string[];
  readonly lines: readonly ShownLine[];
  /** The HTML of a mail. */
  readonly html?: string;
}

const Card = z.object({
  attachments: z
    .array(
      z.object({
        content: z.object({
          type: z.literal('AdaptiveCard'),
          body: z.array(
            z.object({ text: z.string(), size: z.string().optional(), isSubtle: z.boolean().optional() }),
          ),
          actions: z.array(z.object({ title: z.string(), url: z.string() })).optional(),
        }),
      }),
    )
    .length(1),
});
const Text = z.object({ text: z.string().min(1).max(3000) });
const Blocks = z.object({
  blocks: z
    .array(z.object({ type: z.string(), text: Text.optional(), elements: z.array(Text).optional() }))
    .max(50),
});
const Mail = z.object({
  content: z.object({ subject: z.string(), plainText: z.string(), html: z.string() }),
  recipients: z.object({ to: z.array(z.object({ address: z.string() })).min(1) }),
});
const Page = z.object({
  routing_key: z.string().min(1),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']).optional(),
  dedup_key: z.string().max(255).optional(),
  payload: z
    .object({
      summary: z.string().min(1).max(1024),
      severity: z.enum(['info', 'warning', 'error', 'critical']).optional(),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  links: z.array(z.object({ href: z.string(), text: z.string() })).optional(),
});
const Hook = z.object({ type: z.string(), data: z.object({ title: z.string() }) });

/** The message; undefined when the service would refuse the body. */
export function readReceived(channel: keyof typeof PATHS, body: string, at: string): Received | undefined {
  const said = SAID[channel](jsonOf(body));
  return said === undefined ? undefined : { channel, at, to: [], ...said };
}

/** A mail that came over SMTP; undefined when it is none. */
export function readReceivedMail(raw: string, to: readonly string[], at: string): Received | undefined {
  const mail = readMail(raw);
  if (mail === undefined) return undefined;
  const { subject, text, html } = mail;
  const lines = text.split(/\r?\n/).map((line) => ({ text: line, as: 'text' as const }));
  return { channel: 'smtp', at, title: subject, to, lines, ...(html === '' ? {} : { html }) };
}

type Said = Pick<Received, 'title' | 'lines'> & Partial<Pick<Received, 'to' | 'html'>>;

const SAID: Readonly<Record<keyof typeof PATHS, (json: unknown) => Said | undefined>> = {
  teams: (json) => {
    const content = Card.safeParse(json).data?.attachments[0]?.content;
    if (content === undefined) return undefined;
    const links = (content.actions ?? []).map(({ title, url }) => ({
      text: title,
      href: url,
      as: 'text' as const,
    }));
    return titled([...content.body.flatMap(cardLines), ...links]);
  },
  slack: (json) => {
    const blocks = Blocks.safeParse(json).data?.blocks;
    return blocks === undefined ? undefined : titled(blocks.flatMap(slackLines));
  },
  mail: (json) => {
    const mail = Mail.safeParse(json).data;
    if (mail === undefined) return undefined;
    const { subject, plainText, html } = mail.content;
    const lines = plainText.split('\n').map((text) => ({ text, as: 'text' as const }));
    return { title: subject, lines, html, to: mail.recipients.to.map(({ address }) => address) };
  },
  pagerduty: (json) => {
    const { event_action, dedup_key, payload, links = [] } = Page.safeParse(json).data ?? {};
    if (event_action === 'resolve' && dedup_key !== undefined)
      return titled([{ text: `Resolved: ${dedup_key}`, as: 'title' }]);
    if (payload === undefined) return undefined;
    const { summary, severity, custom_details = {} } = payload;
    const head = [event_action ?? 'change, nobody is called', severity, dedup_key];
    return titled([
      { text: summary, as: 'title' },
      { text: head.filter((one) => one !== undefined).join(' · '), as: 'subtle' },
      ...Object.entries(custom_details).map(([label, value]) => ({
        text: `${label}: ${Array.isArray(value) ? value.join(' ') : String(value)}`,
        as: 'text' as const,
      })),
      ...links.map(({ href, text }) => ({ text, href, as: 'text' as const })),
    ]);
  },
  webhook: (json) => {
    const hook = Hook.safeParse(json).data;
    if (hook === undefined) return undefined;
    const lines = JSON.stringify(json, undefined, 2).split('\n');
    return {
      title: `${hook.type}: ${hook.data.title}`,
      lines: lines.map((text) => ({ text, as: 'text' as const })),
    };
  },
};

function titled(lines: readonly ShownLine[]): Said | undefined {
  const title = lines.find(({ as }) => as === 'title');
  return title === undefined ? undefined : { title: title.text, lines };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
