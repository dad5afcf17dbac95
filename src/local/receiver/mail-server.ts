/** A mail server of this machine: takes mails over STARTTLS from whoever has the password, for anybody, and sends none on. */
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

/** More than any mail of the product. Bytes. */
const MOST_BYTES = 1024 * 1024;

/** How it is started. */
interface MailServerOptions {
  readonly cert: string;
  readonly key: string;
  readonly user: string;
  readonly password: string;
  /** Takes a mail, as it came, and whom it is for; false: it is refused as none. */
  readonly take: (raw: string, to: readonly string[]) => boolean;
}

/** A running mail server on a free port of the loopback interface. */
export interface MailServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts it. */
export async function startMailServer({
  cert,
  key,
  user,
  password,
  take,
}: MailServerOptions): Promise<MailServer> {
  const server = new SMTPServer({
    cert,
    key,
    logger: false,
    // Who connects is this machine; asking for its name takes as long as a name server lets it.
    disableReverseLookup: true,
    size: MOST_BYTES,
    // What is still connected when it ends.
    closeTimeout: 1_000,
    onAuth: (given, _session, done) =>
      given.username === user && given.password === password
        ? done(null, { user })
        : done(Object.assign(new Error('not the password'), { responseCode: 535 })),
    onData: (stream, { envelope }, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const raw = Buffer.concat(pieces).toString('utf8');
        const to = envelope.rcptTo.map(({ address }) => address);
        const isTaken = !stream.sizeExceeded && take(raw, to);
        done(isTaken ? null : Object.assign(new Error('not a mail'), { responseCode: 554 }));
      });
    },
  });
  // A client that breaks off is none of the receiver's troubles.
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    port: address.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
