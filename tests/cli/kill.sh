#!/bin/sh
# kill.sh PROPENSE [N]: ends train and score by SIGKILL at N random moments (200). After each, the
# file at the target is the old one or the new one, byte by byte; besides, only a file whose name says
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

# How long one takes, in milliseconds: moments are drawn from that.
millis() { date +%s%N | cut -c 1-13; }
began=$(millis)
propense train "$data" --seed 2 --epochs 2 --hidden 256,256 --model_out work/out.keras > log.txt 2>&1
lasts=$(($(millis) - began + 5))

old=0 new=0 left=0 i=0
while [ $i -lt "$n" ]; do
    i=$((i + 1))
    rm -f work/*
    if [ $((i % 2)) = 0 ]; then
        target=out.keras first=1.keras second=2.keras
        cp $first work/$target
        ${PROPENSE_EMULATOR-} "$program" train "$data" --seed 2 --epochs 2 --hidden 256,256 --model_out work/$target > log.txt 2>&1 &
    else
        target=out.csv first=1.csv second=2.csv
        cp $first work/$target
        ${PROPENSE_EMULATOR-} "$program" score 2.keras rows.csv --scores_out work/$target > log.txt 2>&1 &
    fi
    sleep "$(awk -v seed=$i -v ms=$lasts 'BEGIN { srand(seed); printf "%.4f", rand() * 1.2 * ms / 1000 }')"
    kill -KILL $! 2> /dev/null || true
    wait $! 2> /dev/null || true
    if cmp -s work/$target $first; then old=$((old + 1))
    elif cmp -s work/$target $second; then new=$((new + 1))
    else
        echo "kill $i: work/$target is neither the old file nor the new one"
        exit 1
    fi
    for file in work/*; do
        case $file in
        work/$target) ;;
        work/$target.tmp-*) left=$((left + 1)) ;;
        *) echo "kill $i: $file was left behind"; exit 1 ;;
        esac
    done
    if [ "$(ls work | wc -l)" -gt 1 ]; then # the next run cleans up
        if [ $target = out.keras ]; then
            propense train "$data" --seed 2 --epochs 2 --hidden 256,256 --model_out work/$target > log.txt 2>&1
        else
            propense score 2.keras rows.csv --scores_out work/$target > log.txt 2>&1
        fi
        if [ "$(ls work)" != $target ] || ! cmp -s work/$target $second; then
            echo "kill $i: the next run left: $(ls work)"
            exit 1
        fi
    fi
done
echo "$n kills: $old times the old file, $new times the new one; $left times something unfinished beside it, cleared by the next run"
[ $old -gt 0 ]
