// A fake of Azure Resource Graph over the resources of any emulated pools. It answers the two queries of a search for Managed HSMs and
// refuses every other one: it understands no query language.
import { z } from 'zod';
import { listen } from '../server/https-server.ts';
import { openAuthority } from '../tls/authority-folder.ts';
import { createLeaf } from '../tls/certificates.ts';
import { createIssuer } from '../tokens/issuer.ts';
import { bearerToken, splitTarget, type WireAnswer, type WireRequest } from '../wire/exchange.ts';

/** The path of the service, in lower case. */
const PATH = '/providers/microsoft.resourcegraph/resources';
const AUDIENCES = ['https://management.azure.com', 'https://management.azure.com/'] as const;
const Body = z.looseObject({
  query: z.string(),
  subscriptions: z.array(z.string()).optional(),
  managementGroups: z.array(z.string()).optional(),
  options: z.looseObject({ $top: z.int().optional(), $skipToken: z.string().optional() }).optional(),
});

/** An HSM as a row shows it. */
type GraphHsm = {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly hsmUri: string;
};

/** What the service sees, and how it fails; a test changes it as it likes. */
type GraphView = {
  hsms: readonly GraphHsm[];
  /** Subscriptions that the caller may read: rows of others are left out without a word. */
  subscriptions: readonly string[];
  /** Rows of a page. */
  pageRows: number;
  /** `status`: it refuses; `half`: half of the HSMs and no word about the rest but their count; `cut`: it says that it cut the answer short; `endless`: each page names another. */
  fault?: 'status' | 'half' | 'cut' | 'endless' | 'no-row' | undefined;
};

/** A running service. */
export type ResourceGraphServer = {
  readonly url: string;
  readonly caPem: string;
  readonly view: GraphView;
  /** A token for Resource Manager, for anyone. */
  token(): Promise<string>;
  /** Requests that were answered. */
  readonly requests: { count: number };
  close(): Promise<void>;
};

/** Starts it on loopback, with a certificate of the authority in `caDir`. `tenantId`: whose tokens it takes. */
export async function startResourceGraph(caDir: string, tenantId: string): Promise<ResourceGraphServer> {
  const authority = await openAuthority(caDir, Date.now());
  const leaf = await createLeaf(authority, 'resource-graph', Date.now());
  const issuer = createIssuer(authority.issuerKey, tenantId, Date.now);
  const view: GraphView = { hsms: [], subscriptions: [], pageRows: 1000 };
  const requests = { count: 0 };
  const answer = async (request: WireRequest): Promise<WireAnswer> => {
    requests.count += 1;
    const [path] = splitTarget(request.target);
    if (request.method !== 'POST' || path.toLowerCase() !== PATH) return problem(404, 'NotFound');
    const token = bearerToken(request);
    const known =
      token !== undefined &&
      (await issuer.verify(token, AUDIENCES).then(
        () => true,
        () => false,
      ));
    if (!known) return problem(401, 'AuthenticationFailed');
    if (view.fault === 'status') return problem(503, 'ServiceUnavailable');
    const body = Body.safeParse(JSON.parse(request.body.toString()));
    return body.success ? answerQuery(view, body.data) : problem(400, 'BadRequest');
  };
  const listener = await listen({ host: '127.0.0.1', port: 0, leaf }, answer, {});
  return {
    url: `https://127.0.0.1:${listener.port}`,
    caPem: authority.certificate,
    view,
    token: () => issuer.issue({ objectId: 'anyone', audience: AUDIENCES[0] }),
    requests,
    close: () => listener.close(),
  };
}

function answerQuery(
  view: GraphView,
  { query, subscriptions, options = {} }: z.infer<typeof Body>,
): WireAnswer {
  const asked = subscriptions?.map((id) => id.toLowerCase());
  const readable = view.subscriptions.filter((id) => asked?.includes(id.toLowerCase()) ?? true);
  const rows = rowsOf(view, query, readable);
  if (rows === undefined) return problem(400, 'BadRequest');
  const start = Number(options.$skipToken ?? 0);
  const size = Math.min(options.$top ?? view.pageRows, view.pageRows);
  // Half an answer: the rows end, and the count says that there were more.
  const given = view.fault === 'half' && isOfHsms(query) ? rows.slice(0, Math.floor(rows.length / 2)) : rows;
  const data = given.slice(start, start + size);
  const isLast = start + size >= given.length;
  return json(200, {
    totalRecords: rows.length,
    count: data.length,
    resultTruncated: view.fault === 'cut' ? 'true' : 'false',
    data: view.fault === 'no-row' ? data.map(() => ({})) : data,
    facets: [],
    ...(view.fault === 'endless' ? { $skipToken: '0' } : isLast ? {} : { $skipToken: String(start + size) }),
  });
}

function rowsOf(
  { hsms }: GraphView,
  query: string,
  readable: readonly string[],
): readonly object[] | undefined {
  if (/^resourcecontainers\b/i.test(query)) return readable.map((subscriptionId) => ({ subscriptionId }));
  if (!isOfHsms(query)) return undefined;
  const isReadable = ({ id }: GraphHsm) =>
    readable.some((one) => id.toLowerCase().startsWith(`/subscriptions/${one.toLowerCase()}/`));
  return hsms.filter(isReadable).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function isOfHsms(query: string): boolean {
  return /^resources\b.*microsoft\.keyvault\/managedhsms/i.test(query);
}

function problem(status: number, code: string): WireAnswer {
  return json(status, { error: { code, message: code } });
}

function json(status: number, body: object): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}
