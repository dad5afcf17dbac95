/** Who looks at the console, how they sign in, and what waits for them. Times in JSON are ISO 8601, in UTC. */
import { z } from 'zod';
import { Time } from './parts.ts';

/** What a page needs to let somebody sign in. It holds no secret. */
export const SignInConfig = z.strictObject({
  authority: z.string(),
  knownAuthorities: z.array(z.string()),
  protocolMode: z.enum(['AAD', 'OIDC']),
  clientId: z.string(),
  scope: z.string(),
  authorityMetadata: z.string().exactOptional(),
  local: z.boolean(),
  approvalSignInMinutes: z.number(),
});
export type SignInConfig = z.infer<typeof SignInConfig>;

/** Who calls. */
export const Me = z.strictObject({
  name: z.string(),
  id: z.string(),
  roles: z.array(z.string()),
  groups: z.array(z.string()),
  groupsUnknown: z.boolean(),
  signedInAt: Time.exactOptional(),
  contexts: z.array(z.string()),
  can: z.strictObject({
    read: z.boolean(),
    request: z.boolean(),
    approve: z.boolean(),
    audit: z.boolean(),
  }),
});
export type Me = z.infer<typeof Me>;

/** What waits for whoever asks. */
export const InboxItem = z.strictObject({
  kind: z.enum(['approve', 'wait', 'ended', 'acknowledge', 'incident', 'rearm']),
  text: z.string(),
  hsm: z.string().exactOptional(),
  key: z.string().exactOptional(),
  id: z.string().exactOptional(),
  until: Time.exactOptional(),
  path: z.string(),
});
export type InboxItem = z.infer<typeof InboxItem>;

/** The inbox; `unknown` says what could not be read, and may wait all the same. */
export const Inbox = z.strictObject({ items: z.array(InboxItem), unknown: z.array(z.string()) });
export type Inbox = z.infer<typeof Inbox>;
