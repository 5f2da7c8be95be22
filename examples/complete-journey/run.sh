#!/usr/bin/env bash
# The whole example in one command: data, documents, import, three campaigns into a local mail catcher, summaries.
#
#   ./run.sh [--promotions] [--check]
#
# TUTTI names the binary (default: `tutti` on the PATH, else the repository's release build). Running it again goes on
# with the same data directory: nothing is downloaded, rewritten or duplicated, and the campaigns run once more.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=${TUTTI_EXAMPLE_DATA:-$here/data}
smtp=127.0.0.1:2525 # as in documents/channel.yaml
promotions= check=
for option in "$@"; do
    case $option in
        --promotions) promotions=1 ;;
        --check) check=1 ;;
        *) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    esac
done

built=${CARGO_TARGET_DIR:-$here/../../target}/release/tutti
tutti=${TUTTI:-$(command -v tutti || echo "$built")}
if [[ ! -x $tutti ]]; then
    echo "no tutti binary at $tutti: build it with \`cargo build --release\`, or set TUTTI" >&2
    exit 1
fi
unset TUTTI_SERVER TUTTI_TOKEN
export TUTTI_DATA=${TUTTI_DATA:-$here/tutti-data}
step() { printf '\n== %s\n' "$*" >&2; }

step "data"
"$here/fetch.py" ${promotions:+--promotions}

step "documents"
"$tutti" apply -f "$here/documents" ${promotions:+-f "$here/optional"}

step "import"
for table in households demographics products transactions coupons coupon_redemptions campaigns \
    campaign_descriptions ${promotions:+promotions}; do
    "$tutti" import "$table" "$data/$table.parquet"
done

step "mail catcher on $smtp"
answers() { (exec 3<>"/dev/tcp/${smtp%:*}/${smtp#*:}") 2>/dev/null; }
if answers; then
    echo "something already listens on $smtp; the mails go there" >&2
else
    TUTTI_DATA=$here/catcher-data "$tutti" catcher --smtp "$smtp" &
    catcher=$!
    trap 'kill "$catcher" 2>/dev/null; wait "$catcher" 2>/dev/null || true' EXIT
    deadline=$((SECONDS + 30))
    until answers; do
        kill -0 "$catcher" 2>/dev/null || { echo "the catcher did not start" >&2; exit 1; }
        ((SECONDS < deadline)) || { echo "the catcher does not answer on $smtp" >&2; exit 1; }
        sleep 0.1
    done
fi

for campaign in lapsed_category_buyers coupon_non_redeemers top_spenders_holdout; do
    step "campaign $campaign"
    "$tutti" run "$campaign" --yes
done

if [[ $check ]]; then
    step "check against DuckDB, in a data directory of its own"
    "$here/check.py" --tutti "$tutti"
fi
