# Sourced. Starts one of the example servers, and ends it when the script ends.

server_pid=
server_log="$(mktemp)"

end_server() {
  if [ -n "$server_pid" ]; then
    kill -INT "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    server_pid=
  fi
}
trap 'end_server; rm -f "$server_log"' EXIT

# What the server said after LABEL when it started.
said() {
  sed -n "s/^$1: *//p" "$server_log"
}

# start_server ROOT EXAMPLE PROGRAM [OPTION...]: runs PROGRAM, or builds the example if that is empty.
start_server() {
  local root=$1 example=$2 program=$3
  shift 3
  end_server
  if [ -z "$program" ]; then
    (cd "$root" && cargo build --example "$example")
    program="${CARGO_TARGET_DIR:-$root/target}/debug/examples/$example"
  fi
  "$program" "$@" >"$server_log" 2>&1 &
  server_pid=$!
  for _ in $(seq 300); do
    if grep -q '^Ctrl-C ends it all' "$server_log" || ! kill -0 "$server_pid" 2>/dev/null; then break; fi
    sleep 0.1
  done
  endpoint="$(said 'MCP endpoint')"
  spotify="$(said 'Stand-in Spotify')"
  if [ -z "$spotify" ]; then
    echo "the example server $example didn't start:" >&2
    cat "$server_log" >&2
    return 1
  fi
  # All of it is on loopback; a proxy in the environment must not see any.
  export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost
}

# The demo, which wants no sign-in: sets `endpoint` to its MCP URL and `spotify` to the stand-in's.
start_demo() {
  start_server "$1" demo "${DEMO:-}" --keep
}

# The one that people sign in to. Sets also `control`, where time passes, `document`, where a client
# describes itself, and `bot`, the variables of a bot, and lets the first browser claim it.
start_hosted() {
  start_server "$1" hosted "${HOSTED:-}" --bot
  bot="$(said 'Bot')"
  control="$(said 'Control')"
  document="$(said 'Client document')"
  CLAIM_CODE="$(said 'Claim code')"
  export CLAIM_CODE
}

# with_demo COMMAND...: what it has to say is shown if the command fails or the server has died.
with_demo() {
  if ! "$@" || ! kill -0 "$server_pid"; then
    echo "--- what the server said" >&2
    tail -n 50 "$server_log" >&2
    return 1
  fi
}
