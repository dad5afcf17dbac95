/** What is on this machine is reached directly: a company's proxy in the environment must not get it, nor could it reach it. */

/** The SDKs compare the host of a URL with the entries of NO_PROXY: a literal of IPv6 with its brackets. Others take it without. */
const LOOPBACK = ['127.0.0.1', 'localhost', '.localhost', '[::1]', '::1'];

/**
 * Adds this machine to NO_PROXY in this process's environment, from which the SDKs read it when their first client is made.
 * Repeating it changes nothing.
 */
export function keepLoopbackDirect(environment: NodeJS.ProcessEnv = process.env): void {
  const known = (environment.NO_PROXY ?? environment.no_proxy ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const missing = LOOPBACK.filter((host) => !known.includes(host));
  if (missing.length > 0) environment.NO_PROXY = [...known, ...missing].join(',');
}
