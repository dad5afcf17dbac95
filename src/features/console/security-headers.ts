/** The headers under which a browser runs the console: nothing from elsewhere, nothing inline, nobody around it. */

/**
 * Of every answer with a page or a part of one. `login`: origin of the identity provider, the only other host that the page may
 * talk to.
 */
export function securityHeaders(login: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    `connect-src 'self' ${login}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'x-frame-options': 'DENY',
    'strict-transport-security': 'max-age=31536000',
  };
}
