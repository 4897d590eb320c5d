#!/bin/sh
# Installs node_modules when they are absent or older than the lockfile. Sourced by up.sh and test.sh from the project root.
# Plain POSIX shell: nothing of the project can be relied on yet.

fail() {
  printf '✖ %s\n' "$1" >&2
  exit 1
}

command -v node >/dev/null 2>&1 || fail 'Node.js is not on the PATH. Install Node.js 20.19 or newer (https://nodejs.org), then run the command again.'
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  fail "Node.js $(node --version) is too old: Portolan needs 20.19 or newer."
command -v npm >/dev/null 2>&1 || fail 'npm is not on the PATH. It comes with Node.js; install it, then run the command again.'

stamp_file=node_modules/.portolan-stamp
wanted="$(cksum <package-lock.json) $(node -p 'process.platform + "-" + process.arch + "-" + process.versions.modules')"

dependencies_are_current() {
  [ -f node_modules/.package-lock.json ] && [ -x node_modules/.bin/tsc ] || return 1
  [ -f "$stamp_file" ] && [ "$(cat "$stamp_file")" = "$wanted" ] && return 0
  # Installed by hand since the lockfile last changed: npm writes its hidden lockfile when it has finished.
  [ ! -f "$stamp_file" ] && [ -n "$(find node_modules/.package-lock.json -newer package-lock.json)" ]
}

if dependencies_are_current; then
  printf '• Dependencies: up to date\n'
else
  printf '• Dependencies: installing (npm ci, about a minute the first time) …\n'
  # Install scripts are not needed by anything we use, so none may run.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
    fail 'npm ci failed (see above). Check the network and the registry (npm config get registry), then run the command again.'
fi
printf '%s\n' "$wanted" >"$stamp_file" 2>/dev/null || true
