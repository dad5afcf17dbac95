#!/bin/sh
# Builds both packages from the locked dependencies: dist/backup and dist/recovery, which azd zips as they are.
set -eu
cd "$(dirname "$0")/../.."
npm ci
npm run build
