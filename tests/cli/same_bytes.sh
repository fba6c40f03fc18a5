#!/bin/sh
# The promise of the same bytes: model, scores and metrics for every number of threads and CPU level.
#
#   same_bytes.sh PROPENSE [FOLDER]
#
# Trains and scores the campaign file, the head of Bank and of Shoppers, and two files of
# bench/generate.c (clean; with missing values, quotes and line ends in fields) with 1, 2, 3 and 8 threads at every level this machine has, and
# once more with the C library's own CPU levels held back. Two networks, one of them calibrated too; every layer and optimiser
# of docs/networks.md on 160 rows; and what `train` does without a
# word about the network, on 60 rows of each file (SAME_BYTES_ROWS=N: on N; more than a few hundred take the scalar level minutes).
# Compares SHA-256. FOLDER keeps the files.
set -u
[ $# -ge 1 ] || { echo "usage: same_bytes.sh PROPENSE [FOLDER]" >&2; exit 2; }
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ $# -ge 2 ]; then
    mkdir -p "$2" || exit 1
    scratch=$(cd "$2" && pwd)
else
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/propense-bytes.XXXXXX") || exit 1
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 1' HUP INT TERM
fi
cd "$scratch" || exit 1
unset SOURCE_DATE_EPOCH GLIBC_TUNABLES

compiler=${CC:-cc}
command -v "$compiler" > /dev/null || compiler=gcc
"$compiler" -std=c17 -D_POSIX_C_SOURCE=200809L -O2 "$root/bench/generate.c" -o generate -lm || exit 1
./generate 2000 --signal 60 --out clean.csv || exit 1
./generate 1500 --seed 2 --signal 60 --missing 7 --quoted --out messy.csv || exit 1
cp "$root/data/campaign_history.csv" campaign.csv || exit 1
for data in bank shoppers; do
    gzip -dc "$root/data/$data.csv.gz" | head -n 1501 > $data.csv
done

# Levels are asked for by name; one that this machine has not is refused, which is fine but said.
levels=
for level in scalar avx2 avx512 neon; do
    if "$program" train campaign.csv --epochs 1 --kernels $level --verbose 0 --model_out try.keras \
        > try.out 2>&1; then
        levels="$levels $level"
    else
        case $level in scalar) cat try.out >&2; exit 1 ;; esac
    fi
done
echo "levels here:$levels"

n_passed=0
n_failed=0
# One training and scoring; its three sums are compared with those of the first run with the same file and network.
# $options: those that make the network, split at blanks; $name: a word for them.
run() { # data label [environment...] -- options...
    data=$1 label=$2
    shift 2
    rm -f got.keras got.csv got_metrics.csv
    prefix=
    while [ "$1" != -- ]; do prefix="$prefix $1"; shift; done
    shift
    # shellcheck disable=SC2086
    if env $prefix "$program" train "$data.csv" $options --verbose 0 \
        --model_out got.keras --metrics_out got_metrics.csv "$@" > log 2>&1 \
        && env $prefix "$program" score got.keras "$data.csv" --scores_out got.csv --verbose 0 "$@" >> log 2>&1; then
        sums=$(sha256sum got.keras got.csv got_metrics.csv)
    else
        sums="ended with an error: $(tail -n 1 log)"
    fi
    if [ ! -e "first.$data.$name" ]; then
        case $sums in ended*) ;; *) printf '%s\n' "$sums" > "first.$data.$name" ;; esac
    fi
    if [ -e "first.$data.$name" ] && [ "$sums" = "$(cat "first.$data.$name")" ]; then
        n_passed=$((n_passed + 1))
    else
        n_failed=$((n_failed + 1))
        echo "other bytes: $data, $name, $label"
        printf '%s\n' "$sums" | sed 's/^/    /'
    fi
}

run_all() { # data levels...
    data=$1
    shift
    for level in "$@"; do
        for threads in 1 2 3 8; do
            run "$data" "$level, $threads threads" -- --kernels "$level" --threads $threads
        done
    done
    # Another C library function for exp, log or pow would show here.
    run "$data" "C library without AVX, FMA" GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA -- --threads 2
    # Nothing of the day, the language or the folder may enter.
    run "$data" "another time zone and language" TZ=Asia/Tokyo LANG=es_ES.UTF-8 LC_ALL=C.UTF-8 -- --threads 1
}

rm -f first.*
for data in campaign bank shoppers clean messy; do
    name=small options="--epochs 2 --hidden 64,32 --batch_size 32"
    run_all $data $levels auto
    name=wide options="--epochs 2 --hidden 200,70 --batch_size 50"
    run_all $data $levels auto
    case $data in clean | messy) continue ;; esac
    name=calibrated options="--epochs 2 --hidden 64,32 --calibrate platt --folds 3"
    run_all $data $levels auto
done

# Every layer, function, way to begin, optimiser, schedule and loss of docs/networks.md, on a few rows of one file.
head -n 161 campaign.csv > few.csv
vocabulary() { # name options...
    name=$1
    shift
    printf '{ "layers": "%s" }\n' "$list" > net.json
    options="--epochs 2 --batch_size 16 --calibrate none --test_size 0.25 --network net.json $*"
    for level in $levels; do
        for threads in 1 2 3; do run few "$level, $threads threads" -- --kernels "$level" --threads $threads; done
    done
}
list='dense 40 elu l2=1e-4 init=he_normal no_bias, batch_norm, leaky_relu 0.3, dropout 0.3, dense 24 init=orthogonal, layer_norm, prelu 0.25, noise 0.1'
vocabulary layers --optimizer nadam --schedule cosine
list='dense 20 selu init=lecun_normal, relu max_value=6 slope=0.1 threshold=0, dense 20 gelu init=truncated_normal, softmax, dense 20 silu init=glorot_normal, elu 1'
vocabulary functions --optimizer adamw --schedule exponential --head softmax --init he_uniform
list='dense 20 softplus, dense 20 softsign, dense 20 mish, dense 20 hard_sigmoid'
vocabulary smooth --optimizer rmsprop --momentum 0.5 --schedule plateau --init lecun_uniform --noise 0.1
list='dense 20 tanh, dense 20 sigmoid, dense 20 exponential, dense 20 relu6, dense 20 leaky_relu, dense 20 linear, dense 20 swish, dense 20 softmax'
vocabulary focal --optimizer sgd --momentum 0.9 --nesterov --loss focal --label_smoothing 0.1 --clip_global_norm 1 --init random_normal
list='dense 33, dense 17'
vocabulary limits --max_norm 1 --l1 1e-4 --clip_norm 0.5 --class_weight balanced --patience 1 --init random_uniform
vocabulary normalized --normalize layer --clip_value 0.1 --balance random
# Other options make another model, and none of these was refused.
if [ "$(cat first.few.* | grep -c got.keras)" != "$(cat first.few.* | grep got.keras | sort -u | wc -l)" ] || [ "$(cat first.few.* | grep -c got.keras)" != 6 ]; then
    echo "the networks of the vocabulary: not six different models"
    n_failed=$((n_failed + 1))
fi

# The default: eight networks, each in every fold. The scalar level takes forty times as long: once, on one file.
rows=${SAME_BYTES_ROWS-60}
name=default options=
for data in campaign bank shoppers; do
    # Half of the rows from either class, which the heads of the files do not hold.
    case $data in campaign) yes=1 ;; bank) yes=yes ;; shoppers) yes=TRUE ;; esac
    tr -d '\r"' < $data.csv | awk -v rows="$rows" -v yes=$yes -F '[,;]' \
        'NR == 1 { print; next } { class = $NF == yes } n[class] < rows / 2 { n[class]++; print }' > default_$data.csv
    quick=
    for level in $levels auto; do
        if [ "$level" != scalar ] || [ "$rows" != 60 ]; then quick="$quick $level"; fi
    done
    # shellcheck disable=SC2086
    run_all default_$data $quick
done
if [ "$rows" = 60 ]; then run default_campaign "scalar, 2 threads" -- --kernels scalar --threads 2; fi

# A test that cannot fail says nothing: another seed gives another model.
"$program" train campaign.csv --epochs 3 --batch_size 32 --verbose 0 --seed 2 --model_out other.keras > log 2>&1
"$program" train campaign.csv --epochs 3 --batch_size 32 --verbose 0 --seed 1 --model_out same.keras >> log 2>&1
if cmp -s other.keras same.keras || [ ! -s other.keras ] || [ ! -s same.keras ]; then
    echo "another seed gave the same model, or none"
    n_failed=$((n_failed + 1))
else
    n_passed=$((n_passed + 1))
fi
echo "$n_passed passed, $n_failed failed"
[ $n_failed = 0 ]
