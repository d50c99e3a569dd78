#!/bin/sh
# Installs this checkout of amux: dependencies, build, and a command `amux` on the PATH.
#   ./install.sh            links into the first of ~/.local/bin and /usr/local/bin that is on the PATH
#   ./install.sh DIRECTORY  links there
set -eu

say() { printf 'install: %s\n' "$*"; }
fail() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# The first directory that is on the PATH and can be written to, or made.
choose_directory() {
  for dir in "${HOME:-}/.local/bin" /usr/local/bin; do
    case ":$PATH:" in
      *":$dir:"*) if mkdir -p "$dir" 2>/dev/null && [ -w "$dir" ]; then printf '%s' "$dir" && return; fi ;;
    esac
  done
  printf '%s' "${HOME:?is not set: say where to, install.sh DIRECTORY}/.local/bin"
}

command -v node >/dev/null 2>&1 || fail 'Node.js is missing: install Node 20 or newer, then run this again'
command -v npm >/dev/null 2>&1 || fail 'npm is missing: it comes with Node.js (on Debian and Ubuntu as a package of its own)'
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || fail "Node 20 or newer is needed; this is $(node -v)"
for tool in python3 make g++; do
  command -v "$tool" >/dev/null 2>&1 || say "$tool is not here: without it the native modules do not compile"
done
target=${1:-$(choose_directory)}
case "$target" in /*) ;; *) target=$PWD/$target ;; esac
mkdir -p "$target" 2>/dev/null && [ -w "$target" ] || fail "cannot write to $target: give another directory, install.sh DIRECTORY"
if [ -e "$target/amux" ] && [ ! -L "$target/amux" ]; then
  fail "$target/amux exists and is not a link: move it away, or give another directory"
fi

cd "$here"
say "1/3 dependencies into $here/node_modules, by the lock file"
node .ci/prepare.mjs
say "2/3 building into $here/dist"
npm run --silent build
say "3/3 linking $target/amux to $here/bin/amux.js"
ln -sfn "$here/bin/amux.js" "$target/amux"

version=$("$target/amux" --version) || fail "$target/amux does not run"
say "done: amux $version"
command -v tmux >/dev/null 2>&1 || say 'tmux is not here: amux uses its own terminal host until it is'
case ":$PATH:" in
  *":$target:"*) say 'try: amux demo' ;;
  *) say "$target is not on the PATH: add it, or run $target/amux demo" ;;
esac
