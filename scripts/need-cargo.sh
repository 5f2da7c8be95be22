#!/usr/bin/env bash
# Says how to get Rust where there is none.
set -euo pipefail
command -v cargo >/dev/null && exit 0
echo "Rust is needed to build Tutti: see https://rustup.rs, then open a new shell" >&2
exit 1
