#!/usr/bin/env bash
# Runs the cases of a folder against a checkout: tools/cases.sh FOLDER CHECKOUT CASE… . One that could not be tried (77) is
# tried once more. Ends with 1 when one fails.
set -u
folder=$(cd "$1" && pwd); checkout=$(cd "$2" && pwd); shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$folder/." "$work"
chmod -R u+w "$work"
# Cases name files of the product; these have moved since they were written.
grep -rlE 'src/(config|engine)/' "$work" | xargs -r sed -i \
  -e 's#src/config/setting-kinds\.ts#src/core/settings/kinds.ts#g' \
  -e 's#src/config/config\.ts#src/platform/config/config.ts#g' \
  -e 's#src/engine/schedule\.ts#src/core/schedule.ts#g' \
  -e 's#src/engine/audit-feed/#src/features/audit-feed/#g'
failed=0
for name in "$@"; do
  for attempt in 1 2; do
    out=$(timeout 280 bash "$work/$name/run.sh" "$checkout" 2>&1)
    code=$?
    [ "$code" -ne 77 ] && break
  done
  if [ "$code" -eq 0 ]; then
    echo "ok   $name"
  else
    failed=$((failed + 1))
    printf 'FAIL %s (%s)\n%s\n' "$name" "$code" "$(printf '%s' "$out" | tail -n 8 | cut -c1-300)"
  fi
done
[ "$failed" -eq 0 ]
