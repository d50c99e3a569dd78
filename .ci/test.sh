#!/bin/sh
# Everything that CI checks: build, types, lint, tests. Runs on the pinned Node.
# With arguments only the tests in those files: npm test -- test/domain/session.test.ts
set -e

# Rights are tested as another user, who has to be able to read the checkout: below a private directory a copy is
# tested instead.
reachable='process.setgroups([]); process.setgid(65534); process.setuid(65534); require("fs").accessSync(process.cwd() + "/package.json")'
if [ "$(id -u)" = 0 ] && [ -z "${AMUX_TEST_COPY:-}" ] && ! node -e "$reachable" 2>/dev/null; then
  copy=$(mktemp -d "${TMPDIR:-/tmp}/amux-checkout-XXXXXX")
  trap 'rm -rf "$copy"' EXIT
  echo "amux: other users cannot read $(basename "$PWD"): testing a copy of it"
  cp -RPp . "$copy/checkout"
  chmod -R go+rX "$copy"
  cd "$copy/checkout"
  code=0
  AMUX_TEST_COPY=1 sh .ci/test.sh "$@" || code=$?
  exit $code
fi
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
# One home and one tmux server per test: nothing of the caller's may leak in.
unset TMUX TMUX_PANE AMUX_HOME AMUX_URL AMUX_CA AMUX_SESSION
node .ci/build.mjs
node .ci/transform.mjs
if [ $# -eq 0 ]; then
  tsc --noEmit
  biome check --error-on-warnings .
  set -- 'test/**/*.test.ts' 'test/**/*.test.tsx'
fi
exec node --import ./.ci/loader.mjs --test --test-concurrency=3 --test-timeout=120000 ${AMUX_TEST_REPORTER:+--test-reporter=$AMUX_TEST_REPORTER} "$@"
