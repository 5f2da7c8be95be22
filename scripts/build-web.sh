#!/usr/bin/env bash
# Builds the web app into web/dist, which the binary takes in. Does nothing when no source has changed since, and says
# so where there is no Node: the server then has the API alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../web"

major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
if [[ -z $major || $major -lt 20 ]]; then
    echo "Node.js 20.19 or newer is not here, so that the web app is not built; the API is served alone" >&2
    exit 0
fi

sources() { find . -path ./node_modules -prune -o -path ./dist -prune -o -path ./test-results -prune -o -name '*.tsbuildinfo' -prune -o -type f -print; }
digest() { sources | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -d' ' -f1; }
stamp=node_modules/.tutti-sources
now=$(digest)
if [[ -f dist/index.html && -f $stamp && $(<$stamp) == "$now" ]]; then
    exit 0
fi

lock=node_modules/.tutti-lock
if [[ ! -f $lock || $(<$lock) != "$(sha256sum package-lock.json)" ]]; then
    npm ci --no-audit --no-fund
    sha256sum package-lock.json > $lock
fi
npm run --silent build
echo "$now" > "$stamp"
# The macro that puts the files into the binary does not see new ones by itself.
touch ../crates/api/src/web_app.rs
