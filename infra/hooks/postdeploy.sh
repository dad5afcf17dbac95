#!/bin/sh
# After the deployment: gives the two identities their roles on each HSM. Asks before it changes anything; needs an
# administrator of the HSM who is signed in (az login) and can reach it.
set -eu
cd "$(dirname "$0")/../.."

for hsm in $(echo "${HSM_WARDEN_HSM_NAMES:?the names of the HSMs}" | tr ',' ' '); do
  echo "Roles on HSM $hsm"
  npm run --silent warden -- roles apply --hsm-name "$hsm" || failed="${failed:-}$hsm "
  npm run --silent warden -- roles check --hsm-name "$hsm" || failed="${failed:-}$hsm "
done
if [ -n "${failed:-}" ]; then
  echo "The roles are not in place on: $failed"
  echo 'The apps are deployed, but cannot do their work there. An administrator of the HSM runs, from inside the network:'
  echo "  npm run warden -- roles apply --hsm-name HSM --backup-principal ${HSM_WARDEN_BACKUP_PRINCIPAL:-ID} --recovery-principal ${HSM_WARDEN_RECOVERY_PRINCIPAL:-ID}"
  exit 1
fi
