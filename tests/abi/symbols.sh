#!/bin/sh
# What the shared library exports, against symbols.txt and against the header.
#
#   symbols.sh [--update] NM LIBPROPENSE.so CC HEADER      (--update writes symbols.txt anew)
set -u
update=
[ "${1-}" = --update ] && { update=yes; shift; }
[ $# = 4 ] || { echo "usage: symbols.sh [--update] NM LIBPROPENSE.so CC HEADER" >&2; exit 2; }
expected=$(cd "$(dirname "$0")" && pwd)/symbols.txt
scratch=$(mktemp -d "${TMPDIR:-/tmp}/propense-abi.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C

"$1" -D --defined-only "$2" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u > "$scratch/exported"
[ -s "$scratch/exported" ] || { echo "$2: no exported symbol is found" >&2; exit 1; }
if [ -n "$update" ]; then
    cp "$scratch/exported" "$expected"
    echo "$expected: $(wc -l < "$expected") symbols"
    exit 0
fi
bad=0
comm -13 "$scratch/exported" "$expected" > "$scratch/gone"
comm -23 "$scratch/exported" "$expected" > "$scratch/new"
if [ -s "$scratch/gone" ]; then
    echo "No longer exported; programs linked with an older libpropense do not start any more:"
    sed 's/^/    /' "$scratch/gone"
    echo "After a release this wants another SOVERSION (CMakeLists.txt)."
    bad=1
fi
if [ -s "$scratch/new" ]; then
    echo "Exported, and not in symbols.txt:"
    sed 's/^/    /' "$scratch/new"
    bad=1
fi
# Comments are gone from preprocessed text; what is left with a ( behind it is a call.
"$3" -E -P "$4" | grep -o 'propense_[a-z0-9_]* *(' | tr -d ' (' | sort -u > "$scratch/declared"
if ! cmp -s "$scratch/declared" "$scratch/exported"; then
    echo "Header (<) and library (>) differ:"
    diff "$scratch/declared" "$scratch/exported" | grep '^[<>]' | sed 's/^/    /'
    bad=1
fi
[ $bad = 0 ] && exit 0
echo "If that is what is wanted, write it down and commit it:"
echo "    sh tests/abi/symbols.sh --update $*"
exit 1
