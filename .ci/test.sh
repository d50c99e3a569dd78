#!/bin/sh
# Everything that CI checks: build, types, lint, tests. Runs on the pinned Node.
# With arguments only the tests in those files: npm test -- test/domain/session.test.ts
set -e
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
# One home and one tmux server per test: nothing of the caller's may leak in.
unset TMUX TMUX_PANE AMUX_HOME AMUX_URL AMUX_SESSION
node .ci/build.mjs
if [ $# -eq 0 ]; then
  tsc --noEmit
  biome check --error-on-warnings .
  set -- 'test/**/*.test.ts' 'test/**/*.test.tsx'
fi
exec node --import tsx --test --test-concurrency=2 --test-timeout=120000 ${AMUX_TEST_REPORTER:+--test-reporter=$AMUX_TEST_REPORTER} "$@"
