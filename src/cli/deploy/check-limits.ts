/** Checks that the subscription may have more of what it may only have so many of, and that Azure gives no usage of. */
import { z } from 'zod';
import { type Finding, fail, ok } from '../doctor/check.ts';
import { type Survey, same, unread } from './survey.ts';
import { regionName } from './target.ts';

const Resource = z.object({ id: z.string(), location: z.string().nullish() });

/** One limit, and how many the deployment needs, at most. */
interface Limit {
  readonly what: string;
  readonly path: string;
  readonly version: string;
  readonly most: number;
  readonly needs: (survey: Survey) => number;
  /** Whether only those of the region count. */
  readonly inRegion?: true;
  readonly fix: string;
}

const hsms = ({ target }: Survey) => target.hsms.length + (target.newHsm === undefined ? 0 : 1);
/**
 * Alert rules of infra/main.bicep, and over the logs those of infra/drill.bicep and infra/sealing-vault.bicep too, which come later
 * into the same subscription. Rules beside an HSM in another subscription count there.
 */
const ALERT_RULES = { log: 39 + 3 + 1, activity: 14, metric: 4 };
const ALERT_FIX = 'Remove alert rules that nobody needs, or deploy into another subscription.';

/**
 * Limits of alert rules: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#alerts; of role
 * assignments: https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits; of topics:
 * https://learn.microsoft.com/azure/event-grid/quotas-limits. test/cli/deploy compares what is needed with the template.
 */
export const LIMITS: readonly Limit[] = [
  {
    what: 'role assignments',
    path: 'Microsoft.Authorization/roleAssignments',
    version: '2022-04-01',
    most: 4000,
    needs: () => 20,
    fix: 'Remove assignments of identities that are gone, or assign roles to groups instead of people.',
  },
  {
    what: 'activity log alert rules',
    path: 'Microsoft.Insights/activityLogAlerts',
    version: '2020-10-01',
    most: 100,
    needs: () => ALERT_RULES.activity,
    fix: `${ALERT_FIX} This limit cannot be raised.`,
  },
  {
    what: 'metric alert rules',
    path: 'Microsoft.Insights/metricAlerts',
    version: '2018-03-01',
    most: 5000,
    needs: (survey) => ALERT_RULES.metric + hsms(survey),
    fix: ALERT_FIX,
  },
  {
    what: 'log search alert rules',
    path: 'Microsoft.Insights/scheduledQueryRules',
    version: '2023-12-01',
    most: 5000,
    needs: () => ALERT_RULES.log,
    fix: ALERT_FIX,
  },
  {
    what: 'Event Grid topics',
    path: 'Microsoft.EventGrid/topics',
    version: '2022-06-15',
    most: 100,
    needs: () => 1,
    inRegion: true,
    fix: 'Remove topics that nobody needs, or ask Microsoft to raise it.',
  },
];

/** Each limit: how many there are, and whether what is needed still fits. What is there already counts once. */
export async function checkLimits(survey: Survey): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const limit of LIMITS) findings.push(await room(survey, limit));
  return findings;
}

async function room(survey: Survey, limit: Limit): Promise<Finding> {
  const { arm, target, region } = survey;
  const check = 'limits';
  const path = `/subscriptions/${target.subscriptionId}/providers/${limit.path}`;
  const reading = await arm.list(path, limit.version, Resource);
  if (reading.kind !== 'ok') return unread(check, limit.what, reading, 'Reader on the subscription');
  const counted = reading.value.filter(
    ({ location }) => limit.inRegion === undefined || same(regionName(location ?? ''), region),
  );
  const groups = [target.resourceGroup, target.backupResourceGroup].map(
    (name) => `/subscriptions/${target.subscriptionId}/resourceGroups/${name}/`,
  );
  const own = counted.filter(({ id }) => groups.some((group) => same(id.slice(0, group.length), group)));
  const more = Math.max(0, limit.needs(survey) - own.length);
  const detail = `${counted.length} of ${limit.most} are used, ${more} more are needed at most`;
  return counted.length + more <= limit.most
    ? ok(check, limit.what, detail)
    : fail(check, limit.what, detail, limit.fix);
}
