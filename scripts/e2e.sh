#!/usr/bin/env bash
# The web app's tests in Chromium against the real binary: the demo in a temporary folder, on a free port.
# PAGES=FOLDER takes the pages from there, such as web/dist as it is built now, and not from inside the binary.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tutti=${TUTTI:-${CARGO_TARGET_DIR:-$HOME/.cache/tutti/target}/release/tutti}
[[ -z ${PAGES:-} ]] || PAGES=$(realpath "$PAGES")
work=$(mktemp -d)
server=
pages=
finish() {
    for each in $pages $server; do
        kill "$each" 2>/dev/null || true
        wait "$each" 2>/dev/null || true
    done
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
if [[ -n ${PAGES:-} ]]; then
    TUTTI_URL=$url node_modules/.bin/vite preview --outDir "$PAGES" --host 127.0.0.1 --port 0 >"$work/pages" 2>&1 &
    pages=$!
    url=
    until [[ -n $url ]]; do
        kill -0 "$pages" 2>/dev/null || { echo "no pages:" >&2; cat "$work/pages" >&2; exit 1; }
        ((SECONDS < deadline)) || { echo "no pages yet:" >&2; cat "$work/pages" >&2; exit 1; }
        url=$(sed 's/\x1b\[[0-9;]*m//g' "$work/pages" 2>/dev/null | sed -n 's/.*Local: *\(http:[^ ]*[0-9]\)\/.*/\1/p' || true)
        sleep 0.2
    done
fi
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || echo /usr/bin/chromium)} TUTTI_URL=$url npx playwright test "$@"
