#!/bin/sh
# `penstock aot-cache`: starts a server as `serve` would, has the JVM write down what it loads and links, and makes of
# that the cache from which `serve` and `demo` start. It lies beside penstock in bin/, which calls it.
set -eu

fail() {
    echo >&2
    if [ -s "$work/log" ]; then
        grep -v '\[aot\] Skipping ' "$work/log" | tail -n 20 >&2
    fi
    echo "penstock aot-cache: $*" >&2
    exit 1
}

usage() {
    echo "Usage: penstock aot-cache"
    echo "Makes a cache from which serve and demo start in half the time; that takes about 15 s."
    echo "It is good for this JVM, these jars and what PENSTOCK_JAVA_OPTS says now; where it does not fit, it is ignored."
}

# The environment speaks about other servers than the one of the training.
forget_settings() {
    for name in $(env | sed -n 's/^\(PENSTOCK_[A-Z0-9_]*\)=.*/\1/p'); do
        case $name in
            PENSTOCK_NATIVES | PENSTOCK_JAVA_OPTS) ;;
            *) unset "$name" ;;
        esac
    done
}

# Starts a JVM with all that `serve` gives it, and some words more. It runs in $work, so that no word is a path.
start() {
    words=$1
    shift
    # A heap of no more than 1 GB, unless the options say otherwise: on a large machine pointers would not be
    # compressed, and the cache would not fit where they are.
    PENSTOCK_JAVA_OPTS="-XX:MaxRAM=4g $options $words" "$dist/bin/penstock" "$@" >>"$work/log" 2>&1 </dev/null &
    jvm=$!
}

# Waits for the JVM that was started.
finish() {
    code=0
    wait "$jvm" || code=$?
    jvm=
    [ "$code" = 0 ] || fail "$1 (exit code $code)"
}

clean_up() {
    trap - EXIT INT TERM
    if [ -n "$jvm" ]; then
        kill -KILL "$jvm" 2>/dev/null || true
        wait "$jvm" 2>/dev/null || true
    fi
    rm -rf "$work"
}

until_ready() {
    seconds=0
    until grep -q '^[0-9]* model versions ready' "$work/log"; do
        kill -0 "$jvm" 2>/dev/null || fail "the server ended before it was ready"
        [ "$seconds" -lt 120 ] || fail "the server was not ready within 120 s"
        sleep 1
        seconds=$((seconds + 1))
    done
}

# Where the server said that it listens for REST or gRPC.
address() {
    sed -n "s|^  $1 *\(http://\)\{0,1\}||p" "$work/log"
}

ask() {
    PENSTOCK_JAVA_OPTS='' "$dist/bin/penstock" infer iris --url "$1" \
        --json "$dist/examples/requests/iris.json" >>"$work/log" 2>&1 </dev/null ||
        fail "the server did not answer at $1"
}

train() {
    mkdir "$work/models"
    cp -R "$dist/examples/models/iris" "$work/models"
    start "-XX:AOTMode=record -XX:AOTConfiguration=record" serve --model-repository models --shutdown-drain-delay 0s \
        --http-host 127.0.0.1 --grpc-host 127.0.0.1 --metrics-host 127.0.0.1 --admin-host 127.0.0.1 \
        --http-port 0 --grpc-port 0 --metrics-port 0 --admin-port 0
    until_ready
    ask "http://$(address REST)"
    ask "grpc://$(address gRPC)"
    kill -TERM "$jvm" || true
    finish "the server did not end well"
    start "-XX:AOTMode=create -XX:AOTConfiguration=record -XX:AOTCache=cache" serve
    finish "the JVM made no cache"
    start "-XX:AOTMode=on -XX:AOTCache=cache" serve --version
    finish "the JVM does not take the cache that it made"
}

case ${1-} in
    '') ;;
    -h | --help)
        usage
        exit
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac

dist=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
cache=$dist/penstock.aot
options=${PENSTOCK_JAVA_OPTS-}
began=$(date +%s)
jvm=
# Beside the cache, so that the last step is a rename.
work=$(mktemp -d "$dist/.aot-cache.XXXXXX" 2>/dev/null) || {
    echo "penstock aot-cache: the cache belongs into $dist, which cannot be written" >&2
    exit 1
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
forget_settings
cd "$work"
: >log
printf '%s' "making $cache with one example model ... " >&2
train
mv -f cache "$cache"
echo "$(($(wc -c <"$cache") / 1000000)) MB after $(($(date +%s) - began)) s" >&2
