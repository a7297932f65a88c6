# Sourced. Starts the demo server, and ends it when the script ends.

demo_pid=
demo_log="$(mktemp)"

end_demo() {
  if [ -n "$demo_pid" ]; then
    kill "$demo_pid" 2>/dev/null || true
    wait "$demo_pid" 2>/dev/null || true
  fi
  rm -f "$demo_log"
}
trap end_demo EXIT

# start_demo ROOT: runs what DEMO names, or else builds it; sets `endpoint` to its MCP URL and
# `spotify` to the stand-in's.
start_demo() {
  local root=$1 demo="${DEMO:-}"
  if [ -z "$demo" ]; then
    (cd "$root" && cargo build --example demo)
    demo="${CARGO_TARGET_DIR:-$root/target}/debug/examples/demo"
  fi
  "$demo" --keep >"$demo_log" 2>&1 &
  demo_pid=$!
  for _ in $(seq 300); do
    endpoint="$(sed -n 's/^MCP endpoint: *//p' "$demo_log")"
    spotify="$(sed -n 's/^Stand-in Spotify: *//p' "$demo_log")"
    if [ -n "$spotify" ] || ! kill -0 "$demo_pid" 2>/dev/null; then break; fi
    sleep 0.1
  done
  if [ -z "$spotify" ]; then
    echo "the demo server didn't start:" >&2
    cat "$demo_log" >&2
    return 1
  fi
  # All of it is on loopback; a proxy in the environment must not see any.
  export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
}

# with_demo COMMAND...: what it has to say is shown if the command fails or the server has died.
with_demo() {
  if ! "$@" || ! kill -0 "$demo_pid"; then
    echo "--- what the demo server said" >&2
    tail -n 50 "$demo_log" >&2
    return 1
  fi
}
