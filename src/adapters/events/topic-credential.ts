/** With what the product proves itself to a topic. */
import { AzureKeyCredential, type KeyCredential, type TokenCredential } from '@azure/core-auth';

/** The app's identity; for a topic on this machine that takes no tokens, its access key. The settings see to that. */
export function topicCredential(
  identity: TokenCredential,
  topicKey: string | undefined,
): TokenCredential | KeyCredential {
  return topicKey === undefined ? identity : new AzureKeyCredential(topicKey);
}
