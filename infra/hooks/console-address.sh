#!/bin/sh
# Tells Entra the addresses of the console: the recovery app serves it at its root. Only an application that the hooks
# made is changed; for another, or where the right is missing, the address is printed.
# HSM_WARDEN_CONSOLE_URLS: more addresses, separated by commas, such as one of your own domain.
set -eu
cd "$(dirname "$0")"
. ./common.sh

[ -n "${HSM_WARDEN_API_URL:-}" ] && [ -n "${HSM_WARDEN_ENTRA_CLIENT_ID:-}" ] || exit 0
urls="${HSM_WARDEN_API_URL%/api}/ $(printf '%s' "${HSM_WARDEN_CONSOLE_URLS:-}" | tr ',' ' ')"
by_hand() {
  say "Entra does not know the address of the console yet: $1."
  say "  infra/hooks/entra-app.sh NAME --client-id $HSM_WARDEN_ENTRA_CLIENT_ID$options"
}
# Addresses hold no pattern of file names.
set -f
options=''
for url in $urls; do options="$options --redirect-uri $url"; done
if [ "${HSM_WARDEN_ENTRA_MANAGED:-}" != true ]; then
  by_hand 'the application is not ours to change'
  exit 0
fi
# shellcheck disable=SC2086
sh ./entra-app.sh 'HSM Warden' --client-id "$HSM_WARDEN_ENTRA_CLIENT_ID" $options >/dev/null ||
  by_hand 'it could not be changed, see above'
