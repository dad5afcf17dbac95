/** A fixture app that fails while it is loaded, after it registered something. */
import { app } from '@azure/functions';

app.http('early', { handler: () => ({ body: 'never served' }) });
throw new Error('a setting is missing');
