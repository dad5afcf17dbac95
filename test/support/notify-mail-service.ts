/** A mail server on loopback with STARTTLS, which misbehaves as a test wants. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { OutgoingOptions } from '../../src/adapters/notify/outgoing/post.ts';
import { SmtpChannel } from '../../src/adapters/notify/smtp-channel.ts';
import { createAuthority, createLeaf } from '../../src/emulator/tls/certificates.ts';
import type { Channel } from '../../src/features/notify/model/ports.ts';

/** What becomes of a mail: a reply code, or it is taken and the answer lost. */
export type MailFate = number | 'lost answer';

/** A running server. */
export interface MailService {
  /** What it took, as it came. */
  readonly taken: string[];
  /** Decides each mail's fate; undefined: it is taken. */
  behave: (mail: string) => MailFate | undefined | Promise<MailFate | undefined>;
  /** Is given each mail that it took, and whether that was answered. */
  took: (mail: string, isAnswered: boolean) => void;
  readonly caPem: string;
  readonly port: number;
  /** How many connections are open: what was sent on one that is closed has been judged. */
  connections(): Promise<number>;
  channel(name: string, options: Partial<OutgoingOptions>): Channel;
  close(): Promise<void>;
}

export const MAIL_PASSWORD = 'p4ssw0rd-of-the-mail-channel';

/** Starts it. */
export async function startMailService(): Promise<MailService> {
  const authority = await createAuthority(Date.now());
  const { certificate: cert, key } = await createLeaf(authority, 'server', Date.now());
  const sockets = new Set<Socket>();
  const open = new Set<string>();
  const server = new SMTPServer({
    cert,
    key,
    logger: false,
    // Who connects is this machine; asking for its name takes as long as a name server lets it.
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect: ({ id }, done) => {
      open.add(id);
      done();
    },
    onClose: ({ id }) => void open.delete(id),
    onAuth: ({ password }, _session, done) =>
      password === MAIL_PASSWORD ? done(null, { user: 'warden' }) : done(new Error('no')),
    onData: (stream, _session, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', async () => {
        const mail = Buffer.concat(pieces).toString('utf8');
        const fate = await service.behave(mail);
        if (typeof fate === 'number') {
          done(Object.assign(new Error('planted'), { responseCode: fate }));
          return;
        }
        service.taken.push(mail);
        service.took(mail, fate === undefined && sockets.size > 0);
        if (fate === undefined) done();
        else for (const socket of sockets) socket.destroy();
      });
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  const { port } = address;
  const service: MailService = {
    taken: [],
    behave: () => undefined,
    took: () => undefined,
    caPem: authority.certificate,
    port,
    connections: async () => open.size,
    channel: (name, options) =>
      new SmtpChannel(
        {
          ...{ name, host: 'localhost', port, secure: false, user: 'warden', password: MAIL_PASSWORD },
          ...{ from: 'warden@contoso.com', to: ['ops@contoso.com'] },
        },
        {
          ...{ hosts: [], privateHosts: ['localhost'], caPem: authority.certificate, now: () => Date.now() },
          ...options,
        },
      ),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return service;
}
