/** A fixture app with two functions whose names differ in case only. */
import { app } from '@azure/functions';

app.http('twin', { handler: () => ({ body: '1' }) });
app.http('Twin', { handler: () => ({ body: '2' }) });
