/** Reads what a service on this machine was sent as the message that people would see. */
import { z } from 'zod';
import type { LocalChannel } from './local-channels.ts';
import { cardLines, type ShownLine, slackLines } from './markup.ts';

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
const Hook = z.object({ type: z.string(), data: z.object({ title: z.string() }) });

/** The message; undefined when the service would refuse the body. */
export function readReceived(channel: LocalChannel, body: string, at: string): Received | undefined {
  const said = SAID[channel](jsonOf(body));
  return said === undefined ? undefined : { channel, at, to: [], ...said };
}

type Said = Pick<Received, 'title' | 'lines'> & Partial<Pick<Received, 'to' | 'html'>>;

const SAID: Readonly<Record<LocalChannel, (json: unknown) => Said | undefined>> = {
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
