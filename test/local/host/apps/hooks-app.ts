/** A fixture app with every kind of hook. */
import { app, InvocationContext } from '@azure/functions';
import { scripted } from './script.ts';

app.hook.appStart((context) => {
  context.hookData.greeting = 'set at start';
});
app.hook.preInvocation((context) => {
  context.inputs = [`${String(context.inputs[0])}+pre`];
  context.hookData.trace = ['pre'];
});
app.hook.postInvocation((context) => {
  context.invocationContext.log(
    `post after ${String(context.hookData.trace)}: ${String(context.error ?? context.result)}`,
  );
  if (String(context.error).includes('forgiven')) {
    context.error = null;
    context.result = 'replaced';
  }
});
app.hook.log((context) => {
  context.message = context.message.replaceAll('secret', '***');
});
app.hook.appTerminate(async () => {
  await scripted('terminate')(undefined, new InvocationContext());
});
app.eventHub('event', { eventHubName: 'e', connection: 'E', cardinality: 'one', handler: scripted('event') });
app.eventHub('slow', { eventHubName: 'e', connection: 'E', cardinality: 'one', handler: scripted('slow') });
