#!/bin/bash
# Run every fuzz target of a build directory in turn: run_fuzzers.sh BUILD SECONDS
# Seeds come from fuzz/corpus/NAME; what is found anew stays below BUILD/corpus, a crash in BUILD/crashes.
set -u
build=$1 seconds=$2
cd "$(dirname "$0")/.." || exit 2
passed=0 failed=0
export UBSAN_OPTIONS=halt_on_error=1:${UBSAN_OPTIONS:-}
mkdir -p "$build/crashes"
for target in "$build"/fuzz/fuzz_*; do
    [[ -f $target && -x $target ]] || continue
    name=${target##*/fuzz_}
    seeds=(fuzz/corpus/"$name")
    [[ -d ${seeds[0]} ]] || seeds=()
    mkdir -p "$build/corpus/$name"
    printf '==== %s, %s s\n' "$name" "$seconds"
    if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/crashes/$name-" "$build/corpus/$name" "${seeds[@]}" >"$build/crashes/$name.log" 2>&1; then
        passed=$((passed + 1))
        grep -E 'number_of_executed_units|new_units_added' "$build/crashes/$name.log"
    else
        failed=$((failed + 1))
        tail -40 "$build/crashes/$name.log"
    fi
done
printf '\n%d passed, %d failed\n' "$passed" "$failed"
((failed == 0 && passed > 0))
