#!/usr/bin/env bash
# Everything that has to hold, in one profile. Installs missing tools on Debian and its like; nothing else is changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOME/.cache/tutti/target}
export PATH=$PATH:/usr/sbin:$HOME/.cargo/bin
step() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS" >&2; }

as_root() { if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi; }

install_missing() {
    local missing=()
    command -v chromium >/dev/null || missing+=(chromium)
    command -v smtp-sink >/dev/null || missing+=(postfix)
    command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || { echo "please install: ${missing[*]}" >&2; return 1; }
    # Packages that bring a daemon must not start it here.
    local policy=/usr/sbin/policy-rc.d made=
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod +x $policy
        made=1
    fi
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    [[ -z $made ]] || as_root rm $policy
}

step "tools"
install_missing
scripts/need-cargo.sh

step "web app"
command -v node >/dev/null || { echo "Node.js 20.19 or newer is needed for the tests of the web app" >&2; exit 1; }
scripts/build-web.sh
(cd web && npm run --silent check && npm test --silent)

step "format"
cargo fmt --all --check

step "lints"
cargo clippy --workspace --all-targets -- -D warnings

step "tests"
if command -v cargo-nextest >/dev/null; then
    cargo nextest run --workspace --cargo-profile release
else
    cargo test --release --workspace --lib --bins --tests
fi

step "examples in the documentation"
cargo test --release --workspace --doc

step "the web app against the real binary"
cargo build --release -p tutti
scripts/e2e.sh

step "all is well"
