// The one way in which a request for key material can be wrong.

/** A key that cannot be made or imported as asked. The message is the service's text; the answer is 400 BadParameter. */
export class MaterialError extends Error {
  override readonly name = 'MaterialError';
}
