#!/usr/bin/env bash
# The web app's tests in Chromium against the real binary: the demo in a temporary folder, on a free port.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tutti=${TUTTI:-${CARGO_TARGET_DIR:-$HOME/.cache/tutti/target}/release/tutti}
work=$(mktemp -d)
server=
finish() {
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

env -u TUTTI_SERVER -u TUTTI_TOKEN "$tutti" demo --data "$work/data" --customers 2000 --listen 127.0.0.1:0 >"$work/out" 2>"$work/log" &
server=$!
url=
deadline=$((SECONDS + 120))
until [[ -n $url ]]; do
    kill -0 "$server" 2>/dev/null || { echo "the demo ended early:" >&2; cat "$work/out" "$work/log" >&2; exit 1; }
    ((SECONDS < deadline)) || { echo "the demo serves nothing yet:" >&2; cat "$work/out" "$work/log" >&2; exit 1; }
    url=$(sed -n 's/.*"address":"\([^"]*\)".*/\1/p' "$work/data/lock" 2>/dev/null || true)
    sleep 0.2
done
cd web
[[ -d node_modules/@playwright ]] || npm ci --no-audit --no-fund
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || echo /usr/bin/chromium)} TUTTI_URL=$url npx playwright test "$@"
