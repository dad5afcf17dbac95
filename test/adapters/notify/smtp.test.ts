/** Mail by SMTP, against a real server on loopback: TLS or nothing, and what each reply means. */
import { once } from 'node:events';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import type { OutgoingOptions } from '../../../src/adapters/notify/outgoing/post.ts';
import { SmtpChannel, type SmtpEntry } from '../../../src/adapters/notify/smtp-channel.ts';
import { createAuthority, createLeaf } from '../../../src/emulator/tls/certificates.ts';
import { failureOf } from '../../support/errors.ts';
import { aMessage } from '../../support/notify-message.ts';

const PASSWORD = 'p4ssw0rd-of-the-channel';
let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

/** A server, the mails it took, and a channel to it. */
async function start(
  options: SMTPServerOptions = {},
  entry: Partial<SmtpEntry> = {},
  rules: Partial<OutgoingOptions> = {},
) {
  const authority = await createAuthority(Date.now());
  const { certificate: cert, key } = await createLeaf(authority, 'server', Date.now());
  const mails: string[] = [];
  const server = new SMTPServer({
    cert,
    key,
    authOptional: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      username === 'warden' && password === PASSWORD ? done(null, { user: username }) : done(new Error('no')),
    onData: (stream, _session, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        mails.push(Buffer.concat(pieces).toString('utf8'));
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  close = () => new Promise((resolve) => server.close(() => resolve()));
  const channel = new SmtpChannel(
    {
      name: 'mail',
      host: 'localhost',
      port: address.port,
      secure: false,
      from: 'warden@contoso.com',
      to: ['ops@contoso.com'],
      ...entry,
    },
    {
      hosts: [],
      privateHosts: ['localhost'],
      caPem: authority.certificate,
      now: () => Date.now(),
      limitMs: 10_000,
      ...rules,
    },
  );
  return { channel, mails };
}

function reply(responseCode: number): SMTPServerOptions {
  return {
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('planted'), { responseCode })),
  };
}

describe('a mail', () => {
  it('is sent over STARTTLS as text and HTML, under ids of the incident', async () => {
    const { channel, mails } = await start();
    expect(await channel.send(aMessage())).toEqual({ status: 250 });
    expect(mails[0]).toMatch(/Subject: \[HSM Warden HW-012345\]/);
    expect(mails[0]).toMatch(/Message-ID: <0123456789abcdef\.hsm-warden@contoso\.com>/);
    expect(mails[0]).toMatch(/text\/plain[\s\S]*text\/html/);
    expect(mails[0]).toMatch(/To: ops@contoso\.com/);
  });

  it('goes to the people it is for, where it is for some', async () => {
    const { channel, mails } = await start();
    await channel.send(aMessage({ recipients: ['bob@contoso.com'] }));
    expect(mails[0]).toMatch(/To: bob@contoso\.com/);
  });

  it('is sent with the password of the user', async () => {
    const { channel } = await start({ authOptional: false }, { user: 'warden', password: PASSWORD });
    expect(await channel.send(aMessage())).toEqual({ status: 250 });
  });

  it.each([
    [421, 'channel-throttled'],
    [450, 'channel-throttled'],
    [451, 'channel-unavailable'],
    [550, 'channel-refused'],
    [530, 'channel-misconfigured'],
  ] as const)('that gets %d has failed with %s', async (code, expected) => {
    const { channel } = await start(reply(code));
    expect((await failureOf(channel.send(aMessage()))).code).toBe(expected);
  });

  it('that the server takes for some says who was refused, and how', async () => {
    const codes: Record<string, number> = { 'ben@contoso.com': 450, 'cyd@contoso.com': 550 };
    const { channel, mails } = await start(
      {
        onRcptTo: ({ address }, _session, done) => {
          const responseCode = codes[address];
          done(responseCode === undefined ? null : Object.assign(new Error('planted'), { responseCode }));
        },
      },
      { to: ['ann@contoso.com', 'ben@contoso.com', 'cyd@contoso.com'] },
    );

    const { status, refused = [] } = await channel.send(aMessage());

    expect([status, mails.length]).toEqual([250, 1]);
    expect(refused.map(({ receiver, error }) => [receiver, error.code, error.reason])).toEqual([
      ['ben@contoso.com', 'channel-throttled', '450'],
      ['cyd@contoso.com', 'channel-refused', '550'],
    ]);
    expect(channel.receivers).toEqual(['ann@contoso.com', 'ben@contoso.com', 'cyd@contoso.com']);
  });

  it('that the server takes for nobody, for some of them only for now, is tried again', async () => {
    let count = 0;
    const { channel } = await start(
      {
        onRcptTo: (_address, _session, done) => {
          count += 1;
          done(Object.assign(new Error('planted'), { responseCode: count === 1 ? 450 : 550 }));
        },
      },
      { to: ['ann@contoso.com', 'ben@contoso.com'] },
    );
    expect((await failureOf(channel.send(aMessage()))).code).toBe('channel-throttled');
  });

  it('is not sent without TLS', async () => {
    const { channel, mails } = await start({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    expect((await failureOf(channel.send(aMessage()))).code).toMatch(/channel-(misconfigured|refused)/);
    expect(mails).toEqual([]);
  });

  it('is not sent with a wrong password, which is not shown', async () => {
    const { channel } = await start({ authOptional: false }, { user: 'warden', password: 'wr0ng-secret' });
    const error = await failureOf(channel.send(aMessage()));
    expect(error.code).toBe('channel-misconfigured');
    expect(JSON.stringify([error.message, error.reason, error.stack])).not.toContain('wr0ng-secret');
  });

  it.each([
    [{ hosts: ['localhost'], privateHosts: [] }, 'private address'],
    [{ hosts: ['smtp.contoso.com'], privateHosts: [] }, 'host not named'],
  ])('is not sent where the settings do not let it (%j)', async (rules, reason) => {
    const { channel, mails } = await start({}, {}, rules);
    const error = await failureOf(channel.send(aMessage()));
    expect([error.code, error.reason]).toEqual(['channel-misconfigured', reason]);
    expect(mails).toEqual([]);
  });
});
