/** A fixture app with HTTP streams. */
import { app, output, trigger } from '@azure/functions';
import { scripted } from './script.ts';

app.setup({ enableHttpStream: true });
app.http('echo', {
  methods: ['POST', 'GET'],
  handler: async (request) => ({
    jsonBody: { body: await request.text(), values: request.query.getAll('x'), params: request.params },
  }),
});
app.generic('scripted', {
  trigger: trigger.http({}),
  return: output.http({}),
  handler: scripted('scripted'),
});
