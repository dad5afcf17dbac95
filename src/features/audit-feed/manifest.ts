/** The feed of the HSMs' audit logs: changes are backed up and deletions reported soon after they happen. */
import { z } from 'zod';
import type { AppPorts } from '../../core/app-ports.ts';
import { definedOnly } from '../../core/defined-only.ts';
import type { Feature } from '../../core/feature.ts';
import type { OnceStore } from '../../core/once-store.ts';
import { setting, type Values } from '../../core/settings/setting.ts';
import type { AuditAnchor, AuditStore } from '../audit/audit-log.ts';
import type { DecisionSeals } from '../audit/line-seals.ts';
import { scanHsm, type WatchNeeds } from '../watch/manifest.ts';
import { handleAuditBatch } from './handle-batch.ts';
import type { FeedHsm } from './sort-records.ts';

/** By the name of their environment variable. */
export const AUDIT_FEED_SETTINGS = {
  WARDEN_AUDIT_HUB: setting(z.string().min(1), {
    description:
      'Event hub that gets the AuditEvent logs of the HSMs. Its connection is `AuditEvents__fullyQualifiedNamespace`.',
    expected: 'the name of an event hub',
    otherwise: 'none: changes are found by the nightly run, deletions by the next scan',
  }),
  WARDEN_AUDIT_CONSUMER_GROUP: setting(z.string().min(1), {
    description: 'Consumer group of that event hub.',
    expected: 'a name',
    default: '$Default',
  }),
  WARDEN_RECOVERY_PRINCIPAL: setting(z.guid().toLowerCase(), {
    description:
      'Object id of the identity of the recovery app: a key that anybody else restores or recovers came back without a decision.',
    expected: 'a GUID',
    otherwise: 'none: who brought a key back is not compared, only what was claimed',
  }),
} as const;

/** Where the audit logs come from; absent where no hub is named. */
export interface AuditFeedConfig {
  readonly hub: string;
  readonly consumerGroup: string;
  readonly recoveryPrincipal?: string;
}

/** The configuration. */
export function auditFeedConfig(values: Values<typeof AUDIT_FEED_SETTINGS>): AuditFeedConfig | undefined {
  const hub = values.WARDEN_AUDIT_HUB;
  if (hub === undefined) return undefined;
  const { WARDEN_AUDIT_CONSUMER_GROUP: consumerGroup, WARDEN_RECOVERY_PRINCIPAL: recoveryPrincipal } = values;
  return { hub, consumerGroup, ...definedOnly({ recoveryPrincipal }) };
}

interface AuditFeedNeeds extends WatchNeeds {
  readonly auditFeed?: AuditFeedConfig;
  readonly hsms: readonly FeedHsm[];
}

interface AuditFeedApp extends AppPorts {
  readonly auditStore: AuditStore;
  readonly anchor: AuditAnchor;
  readonly once: OnceStore;
  readonly decisions: DecisionSeals | undefined;
  readonly config: AuditFeedNeeds;
}

export const AUDIT_FEED: Feature<AuditFeedNeeds, AuditFeedApp> = {
  name: 'audit-feed',
  settings: AUDIT_FEED_SETTINGS,
  queues: [],
  triggers: [
    {
      kind: 'hub',
      name: 'auditEvents',
      connection: 'AuditEvents',
      hub: ({ auditFeed }) => auditFeed,
      run: async (app, batch) => {
        const { hsms, selection } = app.config;
        const deps = {
          ...app,
          hsms,
          selection,
          ...definedOnly({ recoveryPrincipal: app.config.auditFeed?.recoveryPrincipal }),
          keysOf: (hsm: string) => app.hsms.get(hsm).keys,
          scan: (hsm: string, signals: Parameters<typeof scanHsm>[2]) => scanHsm(app, hsm, signals),
        };
        return handleAuditBatch(deps, batch);
      },
    },
  ],
};
