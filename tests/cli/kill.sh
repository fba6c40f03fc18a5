#!/bin/sh
# kill.sh PROPENSE [N]: ends train and score by SIGKILL at N random moments (200), then plan, evaluate
# and report at a quarter as many. After each, the file
# at the target is the old one or the new one, byte by byte; besides, only a file whose name says
# that it is not finished may lie there, and the next run takes it away.
set -eu
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
n=${2-200}
data=$(cd "$(dirname "$0")/../../data" && pwd)/campaign_history.csv
folder=$(mktemp -d "${TMPDIR:-/tmp}/propense-kill.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder"
propense() { ${PROPENSE_EMULATOR-} "$program" "$@"; }

mkdir work
(cat "$data"; for i in 1 2 3 4 5 6 7 8; do tail -n +2 "$data"; done) > rows.csv
for seed in 1 2; do
    propense train "$data" --seed $seed --epochs 2 --hidden 256,256 --model_out $seed.keras > log.txt 2>&1
    propense score $seed.keras rows.csv > $seed.csv 2>> log.txt
done

for seed in 1 2; do # other customers, so that every output is another
    head -n $((300 * seed)) "$data" > $seed.in
    propense plan $seed.csv --margin 40 --cost 1 --out $seed.list > log.txt 2>&1 # a score file: whoever it ranks
    propense evaluate $seed.keras $seed.in --metrics_out $seed.metrics > log.txt 2>&1
    propense report $seed.keras $seed.in --out out.html > log.txt 2>&1 # its name stands in it
    mv out.html $seed.html
done

# command KIND TARGET: what makes the second version of a target of that kind
command_of() {
    case $1 in
    keras) set -- train "$data" --seed 2 --epochs 2 --hidden 256,256 --model_out "$2" ;;
    csv) set -- score 2.keras rows.csv --scores_out "$2" ;;
    list) set -- plan 2.csv --margin 40 --cost 1 --out "$2" ;;
    metrics) set -- evaluate 2.keras 2.in --metrics_out "$2" ;;
    html) set -- report 2.keras 2.in --out "$2" ;;
    esac
    exec ${PROPENSE_EMULATOR-} "$program" "$@" > log.txt 2>&1
}

# How long each takes, in milliseconds: moments are drawn from that.
millis() { date +%s%N | cut -c 1-13; }
for kind in keras csv list metrics html; do
    began=$(millis)
    (command_of $kind work/out.$kind)
    echo $(($(millis) - began + 5)) > $kind.lasts
done

old=0 new=0 left=0 i=0
kill_one() { # kind: ends it at the i-th moment
    kind=$1
    i=$((i + 1))
    rm -f work/*
    cp 1.$kind work/out.$kind
    command_of $kind work/out.$kind &
    sleep "$(awk -v seed=$i -v ms="$(cat $kind.lasts)" 'BEGIN { srand(seed); printf "%.4f", rand() * 1.2 * ms / 1000 }')"
    kill -KILL $! 2> /dev/null || true
    wait $! 2> /dev/null || true
    if cmp -s work/out.$kind 1.$kind; then old=$((old + 1))
    elif cmp -s work/out.$kind 2.$kind; then new=$((new + 1))
    else
        echo "kill $i: work/out.$kind is neither the old file nor the new one"
        exit 1
    fi
    for file in work/*; do
        case $file in
        work/out.$kind) ;;
        work/out.$kind.tmp-*) left=$((left + 1)) ;;
        *) echo "kill $i: $file was left behind"; exit 1 ;;
        esac
    done
    [ "$(ls work | wc -l)" -gt 1 ] || return 0 # the next run cleans up
    (command_of $kind work/out.$kind)
    if [ "$(ls work)" != out.$kind ] || ! cmp -s work/out.$kind 2.$kind; then
        echo "kill $i: the next run left: $(ls work)"
        exit 1
    fi
}
while [ $i -lt "$n" ]; do
    kill_one csv
    kill_one keras
done
while [ $i -lt $((n + n / 4)) ]; do
    kill_one list
    kill_one metrics
    kill_one html
done
echo "$i kills: $old times the old file, $new times the new one; $left times something unfinished beside it, cleared by the next run"
[ $old -gt 0 ]
