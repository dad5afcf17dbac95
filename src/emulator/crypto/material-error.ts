// The one way in which a request about key material can be wrong.

/** A key that cannot be made, imported or used as asked. The message is the service's text; the answer is 400 BadParameter. */
export class MaterialError extends Error {
  override readonly name = 'MaterialError';
}
