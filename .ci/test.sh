#!/bin/sh
# Everything that CI checks: build, types, lint, tests. Runs on the pinned Node.
set -e
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
node .ci/build.mjs
tsc --noEmit
biome check --error-on-warnings .
# One home and one tmux server per test: nothing of the caller's may leak in.
unset TMUX TMUX_PANE AMUX_HOME AMUX_URL AMUX_SESSION
exec node --import tsx --test --test-concurrency=2 --test-timeout=120000 ${AMUX_TEST_REPORTER:+--test-reporter=$AMUX_TEST_REPORTER} 'test/**/*.test.ts' 'test/**/*.test.tsx'
