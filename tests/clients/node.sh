# Sourced. Puts a Node that the MCP tools run on first in PATH, and installs npm packages by lock.

# The Inspector needs 22.19 or newer, the conformance suite 22.
node_fallback=22.23.3

# Takes the system's Node if it is new enough, otherwise installs one for these tests alone.
use_node() {
  local root=$1 home
  if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 19) ? 0 : 1)' 2>/dev/null; then
    command -v npm >/dev/null || { echo "npm is missing: install Node 22" >&2; return 1; }
    home="${CARGO_TARGET_DIR:-$root/target}/node-$node_fallback"
    if [ ! -x "$home/node_modules/.bin/node" ]; then
      npm install --silent --no-save --prefix "$home" "node@$node_fallback"
    fi
    PATH="$home/node_modules/.bin:$PATH"
  fi
  echo "Node $(node --version)"
}

# Installs what a folder's lock file says, unless that is what is there already.
npm_packages() {
  local lock="$1/package-lock.json" done="$1/node_modules/.package-lock.json"
  if [ ! -e "$done" ] || [ "$lock" -nt "$done" ]; then
    (cd "$1" && npm ci --silent)
  fi
}
