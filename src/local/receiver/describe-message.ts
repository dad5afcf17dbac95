/** A message to people, in a terminal: a mail as it would look, of the other channels a line each. */
import type { Received } from './received.ts';

const WIDTH = 9;

/** The lines. What people wrote cannot steer the terminal. */
export function describeMessage({ channel, title, to, lines }: Received): string[] {
  const first = `  message  ${channel.padEnd(WIDTH)} ${title}`;
  const shown =
    channel === 'mail'
      ? [
          `${first} (to ${to.join(', ')})`,
          ...lines
            .filter(({ text }, n) => text !== '' || n < lines.length - 1)
            .map(({ text }) => `           | ${text}`),
        ]
      : [first];
  return shown.map((line) => line.replaceAll(/\p{Cc}/gu, '?').trimEnd());
}
