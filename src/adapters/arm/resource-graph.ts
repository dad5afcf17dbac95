/** Lists Managed HSMs by Azure Resource Graph: https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources */
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';
import type { FoundHsm, HsmDirectory, Listing } from '../../features/fleet/ports.ts';
import type { Scope } from '../../features/fleet/settings.ts';
import { ResourceManager, type ResourceManagerOptions } from './resource-manager.ts';

const API_VERSION = '2022-10-01';
const PATH = '/providers/Microsoft.ResourceGraph/resources';
const ROWS_A_PAGE = 1_000;
/** A fleet is of hundreds; what is longer is not read to its end, and so fails. */
const MOST_PAGES = 20;

const HSMS =
  "resources | where type =~ 'microsoft.keyvault/managedhsms' | project id, name, location, hsmUri = tostring(properties.hsmUri) | order by id asc";
const SUBSCRIPTIONS =
  "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project subscriptionId | order by subscriptionId asc";

const Answer = z.object({
  totalRecords: z.int().nonnegative(),
  resultTruncated: z.enum(['true', 'false']),
  data: z.array(z.unknown()),
  $skipToken: z.string().nullish(),
});
const HsmRow = z.object({
  id: z
    .string()
    .regex(
      /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/managedHSMs\/[^/]+$/i,
    ),
  name: z.string().min(1),
  location: z.string().nullish(),
  hsmUri: z.string().nullish(),
});
const SubscriptionRow = z.object({ subscriptionId: z.guid() });

/** What a {@link ResourceGraph} works with. */
export interface ResourceGraphOptions extends Omit<ResourceManagerOptions, 'signal'> {
  readonly scopes: readonly Scope[];
}

/** The directory of HSMs. */
export class ResourceGraph implements HsmDirectory {
  readonly #options: ResourceGraphOptions;

  constructor(options: ResourceGraphOptions) {
    this.#options = options;
  }

  async list(signal: AbortSignal = new AbortController().signal): Promise<Listing> {
    const arm = new ResourceManager({ ...this.#options, signal });
    const hsms = new Map<string, FoundHsm>();
    const subscriptions = new Set<string>();
    for (const where of wheresOf(this.#options.scopes)) {
      for (const row of await this.#all(arm, where, SUBSCRIPTIONS, SubscriptionRow))
        subscriptions.add(row.subscriptionId.toLowerCase());
      for (const row of await this.#all(arm, where, HSMS, HsmRow))
        hsms.set(row.id.toLowerCase(), foundOf(row));
    }
    // What may not be read is left out of an answer without a word.
    const missing = this.#options.scopes.filter(
      ({ kind, id }) => kind === 'subscription' && !subscriptions.has(id),
    );
    if (missing.length > 0)
      throw failed(`it shows nothing of the subscription ${missing.map(({ id }) => id).join(', ')}`);
    if (subscriptions.size === 0) throw failed('it shows no subscription at all');
    return { hsms: [...hsms.values()], subscriptions: [...subscriptions] };
  }

  /** Every row of a query, each once. A part of an answer is none. */
  async #all<T extends z.ZodType>(
    arm: ResourceManager,
    where: object,
    query: string,
    row: T,
  ): Promise<readonly z.output<T>[]> {
    const rows: z.output<T>[] = [];
    let skipToken: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const options = {
        resultFormat: 'objectArray',
        $top: ROWS_A_PAGE,
        allowPartialScopes: false,
        ...(skipToken !== undefined && { $skipToken: skipToken }),
      };
      const reading = await arm.ask(PATH, API_VERSION, { ...where, query, options }, Answer);
      if (reading.kind !== 'ok') throw failed(reading.kind === 'missing' ? 'it answered 404' : reading.why);
      const { data, totalRecords, resultTruncated, $skipToken: next } = reading.value;
      const parsed = z.array(row).safeParse(data);
      if (!parsed.success) throw failed('a row of its answer was not understood');
      rows.push(...parsed.data);
      // https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data#paging-results
      if (resultTruncated === 'true') throw failed('it cut its answer short');
      if (next === undefined || next === null || next === '') {
        if (rows.length === totalRecords) return rows;
        throw failed(`it counts ${totalRecords} rows and gave ${rows.length}`);
      }
      skipToken = next;
    }
    throw failed(`its answer has more than ${MOST_PAGES} pages`);
  }
}

/** One question takes subscriptions or management groups. */
function wheresOf(scopes: readonly Scope[]): readonly object[] {
  const of = (kind: Scope['kind']) => scopes.filter((one) => one.kind === kind).map(({ id }) => id);
  const [subscriptions, managementGroups] = [of('subscription'), of('management-group')];
  return [
    ...(subscriptions.length > 0 ? [{ subscriptions }] : []),
    ...(managementGroups.length > 0 ? [{ managementGroups }] : []),
  ];
}

function foundOf({ id, name, location, hsmUri }: z.output<typeof HsmRow>): FoundHsm {
  const url = hsmUri?.replace(/\/+$/, '') ?? '';
  return {
    name,
    resource: id,
    ...(url !== '' && { url }),
    ...(location !== undefined && location !== null && { location }),
  };
}

function failed(why: string): WardenError {
  return new WardenError('discovery-failed', {
    message: `Azure Resource Graph gave no whole list of Managed HSMs: ${why}.`,
    advice:
      'Nothing of what was known is dropped. The backup app needs the role Reader on each scope of WARDEN_DISCOVERY_SCOPES.',
  });
}
