/** A fixture app with an output the host does not carry out. */
import { app, output } from '@azure/functions';

app.timer('writer', {
  schedule: '0 0 2 * * *',
  return: output.storageBlob({ path: 'container/name', connection: 'Storage' }),
  handler: () => 'content',
});
