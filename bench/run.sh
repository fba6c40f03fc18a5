# `./run bench [SECTION ...] [options]`: the rest is Python, standard library only (bench/bench.py --help).
if ! has_program python3; then
    echo "The benchmark needs python3 (3.11 or newer, for the peers), with venv." >&2
    return 1
fi
case ${1-} in
truth) # what is known to be true of the shipped data, asked of propense
    shift
    python3 bench/truth.py "$@"
    ;;
*) python3 bench/bench.py "$@" ;;
esac
