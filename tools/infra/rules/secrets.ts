/** No secret in any setting or output. */
import { ofType, type Snapshot, texts } from '../snapshot.ts';

/** What a key, a token or a connection string with one looks like, and the template functions that fetch one. */
const SECRET =
  /\blist(Keys|AccountSas|ServiceSas|Secrets|ConnectionStrings|Credentials)?\(|AccountKey=|SharedAccess(Key|Signature)|InstrumentationKey=|[?&]sig=|primaryKey|masterKey|whsec_/i;

export function checkSecrets(snapshot: Snapshot): readonly string[] {
  const settings = ofType(snapshot, 'Microsoft.Web/sites/config').flatMap(({ name, properties }) =>
    [...texts(properties)].map(([path, value]) => [`${name}${path}`, value] as const),
  );
  const outputs = [...texts(snapshot.outputs)].map(([path, value]) => [`output ${path}`, value] as const);
  return [...settings, ...outputs]
    .filter(([, value]) => SECRET.test(value))
    .map(([where]) => `secret: ${where} holds or fetches a secret`);
}
