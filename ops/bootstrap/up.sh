#!/bin/sh
# npm run up: works in a fresh clone, before node_modules exist.
set -eu
cd "$(dirname "$0")/../.."
. ops/bootstrap/install-dependencies.sh
exec node ops/bootstrap/up.mjs "$@"
