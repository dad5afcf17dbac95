/** What each query asks: it fires for every sample that it must fire for, looks far enough back, and leaves no gap. */

import { ALERTS } from '../alerts/catalogue.ts';
import { diagnosticsOf } from '../alerts/kql-check.ts';
import { answersWithLogRows, trySamples } from '../alerts/try-samples.ts';
import { APP_NAMES, type Facts } from '../facts.ts';
import { ofType, property, type Resource, text } from '../snapshot.ts';
import { minutesIn } from './durations.ts';

/** A second look-back of a query: of what it compares with. */
const ALSO_LOOKS: ReadonlySet<string> = new Set([
  'key-brought-back-unapproved 180',
  'audit-height-falls 15',
  // Whether an HSM is watched for that long.
  'audit-feed-silent 240',
  'no-completed-run 2880',
  'verification-missing 2880',
  // What is overdue.
  'no-drill 120',
  // The tests of a day, and what is late.
  'channel-silent 1620',
]);

/**
 * Logs may arrive this late, those of resources above all, which take 3 to 10 minutes:
 * https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time#azure-metrics-resource-logs-activity-log
 */
const INGESTION_MINUTES = 10;

export function checkQueries(facts: Facts): readonly string[] {
  const { snapshot, names, promise } = facts;
  return Object.entries(ALERTS).flatMap(([name, alert]) => {
    const rule = ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules').find(
      (one) => one.name === `alert-${name}-${names.suffix}`,
    );
    // Where the deployment says how late a run may be, the query says the same.
    const lookBack =
      alert.lookBackMinutes === 27 * 60 ? (24 + promise.graceHours) * 60 : alert.lookBackMinutes;
    return rule === undefined
      ? []
      : judgeQuery(name, rule, lookBack, (query) => withSampleValues(name, query, facts));
  });
}

/** What is wrong with the query of one rule, a sentence each; `sampled` puts sample values for what the deployment filled in. */
export function judgeQuery(
  name: string,
  rule: Resource,
  lookBack: number,
  sampled: (query: string) => string,
): readonly string[] {
  const criteria = property(rule, 'criteria', 'allOf');
  const [only] = Array.isArray(criteria) ? criteria : [];
  const query =
    only !== null && typeof only === 'object' && !Array.isArray(only) && typeof only?.query === 'string'
      ? only.query
      : '';
  const every = minutesIn(text(rule, 'evaluationFrequency'));
  const range = minutesIn(text(rule, 'overrideQueryTimeRange'));
  const window = minutesIn(text(rule, 'windowSize'));
  const back = lookBacks(query);
  // Only answers of the time of the window count, and a row of the log keeps its own time, however late it arrives.
  const reach = answersWithLogRows(name, sampled(query)) ? lookBack : every;
  const complain = (problem: string) => `queries: ${name}: ${problem}`;
  return [
    ...trySamples(name, sampled(query)).map(complain),
    ...diagnosticsOf(query).map(complain),
    ...(query.includes('union isfuzzy=true') ? [] : [complain('fails while a table is not there yet')]),
    ...back
      .filter((minutes) => minutes !== lookBack && !ALSO_LOOKS.has(`${name} ${minutes}`))
      .map((minutes) => complain(`looks ${minutes} minutes back, not ${lookBack}`)),
    ...(back.length === 0 ? [complain('has no look-back')] : []),
    ...(lookBack < every + INGESTION_MINUTES
      ? [complain(`is asked every ${every} minutes, which leaves gaps`)]
      : []),
    ...(range < Math.max(lookBack, ...back) ? [complain(`is cut to ${range} minutes`)] : []),
    ...(range > 2 * 1440 || window > range ? [complain('has a window that Azure Monitor refuses')] : []),
    ...(window < reach ? [complain(`has a window of ${window} minutes, and answers of ${reach} count`)] : []),
  ];
}

/** The query with sample values for what the deployment filled in: only what it must fill in is known there. */
function withSampleValues(name: string, query: string, { promise, identity }: Facts): string {
  const principals = APP_NAMES.map((app) => `'${identity(app).principal}'`).join(', ');
  const hsms = JSON.stringify(promise.hsms.map(({ name }) => name));
  // The hub takes the log of HSMs of its region only.
  const fed = JSON.stringify(promise.hsms.filter(({ sameRegion }) => sameRegion).map(({ name }) => name));
  const own = promise.hsms.map(({ name }) => `'${name}'`).join(', ');
  return query
    .replaceAll(`ago(${24 + promise.graceHours}h)`, 'ago({sweepHours}h)')
    .replaceAll(`dynamic(${name === 'audit-feed-silent' ? fed : hsms})`, 'dynamic({hsms})')
    .replaceAll(`in (${own})`, 'in ({ownHsms})')
    .replaceAll(`!in (${principals})`, '!in ({principals})')
    .replaceAll(`contains '${identity('recovery').principal}'`, 'contains {recovery}');
}

function lookBacks(query: string): readonly number[] {
  const unit = { m: 1, h: 60, d: 1440 };
  return [...withoutComments(query).matchAll(/\bago\((\d+)([mhd])\)/g)].map(
    ([, count, of]) => Number(count) * (of === 'h' ? unit.h : of === 'd' ? unit.d : unit.m),
  );
}

function withoutComments(query: string): string {
  return query.replaceAll(/^\s*\/\/.*$/gm, '');
}
