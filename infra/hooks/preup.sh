#!/bin/sh
# Before `azd up` does anything: azd asks for a resource group, or takes one of its own choice, unless it is named and
# there (groups.sh); it compiles the parameters once (settings.sh); and it reads the folders of the packages, which a fresh
# checkout does not have.
set -eu
cd "$(dirname "$0")"
sh ./groups.sh
sh ./settings.sh
[ -d ../../dist/backup ] && [ -d ../../dist/recovery ] || sh ./build.sh
