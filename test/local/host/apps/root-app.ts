/** A fixture app with a route at the root, and a console's paths below it. */
import { app } from '@azure/functions';

app.http('root', { methods: ['GET'], route: '{*path}', handler: () => ({ body: 'the app itself' }) });
