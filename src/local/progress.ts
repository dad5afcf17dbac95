/** A progress bar on a terminal, silence elsewhere. */

/** Shows progress until it is closed. */
export interface Progress {
  update(done: number): void;
  close(): void;
}

const WIDTH = 30;

/** A bar for `total` keys on `stream`; does nothing when that is no terminal. */
export function startProgress(total: number, stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { update: () => undefined, close: () => undefined };
  const draw = (done: number) => {
    const filled = total === 0 ? WIDTH : Math.min(WIDTH, Math.round((done / total) * WIDTH));
    stream.write(`\r  [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done} of ${total} keys`);
  };
  draw(0);
  return { update: draw, close: () => stream.write('\r\u001b[K') };
}
