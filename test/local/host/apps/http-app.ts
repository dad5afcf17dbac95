/** A fixture app of HTTP functions. */
import {
  app,
  type HttpRequest,
  type HttpResponseInit,
  InvocationContext,
  output,
  trigger,
} from '@azure/functions';
import { acts } from './script.ts';

async function echo(request: HttpRequest): Promise<HttpResponseInit> {
  return {
    jsonBody: {
      method: request.method,
      url: request.url,
      params: request.params,
      query: Object.fromEntries(request.query),
      header: request.headers.get('x-probe'),
      body: await request.text(),
    },
  };
}

app.http('echo', {
  methods: ['GET', 'POST', 'PUT', 'HEAD'],
  route: 'echo/{id}/{rest?}',
  handler: echo,
});
app.http('authorization', { handler: (request) => ({ body: request.headers.get('authorization') ?? '' }) });
app.http('defaults', { handler: () => ({ body: 'as named' }) });
app.http('scripted', {
  route: 'scripted',
  methods: ['GET'],
  handler: async (request, context): Promise<HttpResponseInit> => {
    const answer = await acts.get('scripted')?.(request, context);
    return answer === undefined || answer === null ? {} : answer;
  },
});
app.generic('silent', { trigger: trigger.http({}), return: output.http({}), handler: () => undefined });
app.http('failing', {
  handler: () => {
    throw new Error('a secret reason');
  },
});
app.http('files', { route: 'files/{*path}', handler: echo });
app.http('itemById', { route: 'items/{id}', handler: () => ({ body: 'by id' }) });
app.http('itemNewest', { route: 'items/newest', handler: () => ({ body: 'newest' }) });
app.http('escape', { route: 'settings/%ROUTE_WORD%', handler: () => ({ body: 'from a setting' }) });
app.http('off', { route: 'off', handler: () => ({ body: 'never seen' }) });
app.hook.appTerminate(async () => {
  await acts.get('terminate')?.(undefined, new InvocationContext());
});
