#!/bin/bash
# Checks the Dockerfile without a Docker engine: lints it, runs what its builder runs in a clean copy of this working
# tree, and starts the result as the image would: its own Java runtime, an empty environment, not as root.
#   docker/check.sh             lints, then builds and starts the cpu image
#   docker/check.sh lint        the first part only
#   docker/check.sh cuda        the same for the cuda image, on a machine without a GPU: it downloads 640 MB once
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "docker/check.sh: $*" >&2
    exit 1
}

# What a linter does not know: what this project promises about its images.
promise() {
    local stage=$1 pattern=$2
    awk -v stage="$stage" 'toupper($1) == "FROM" { inside = ($NF == stage) } inside' Dockerfile |
        grep -Eq "$pattern" || fail "Dockerfile, stage $stage: no line matches '$pattern'"
}

lint() {
    for stage in cpu cuda; do
        promise "$stage" '^USER 10001:10001$'
        promise "$stage" '^HEALTHCHECK .*"health"\]$'
        promise "$stage" '^EXPOSE 8000 8001 8002$'
        promise "$stage" '^STOPSIGNAL SIGTERM$'
        promise "$stage" '^ENTRYPOINT \["/opt/penstock/bin/penstock"\]$'
    done
    [ "$(awk 'toupper($1) == "FROM" { last = $NF } END { print last }' Dockerfile)" = cpu ] ||
        fail "Dockerfile: the last stage is not cpu"
    if grep -Ein '^FROM .*(:latest| [^ :]+ as )' Dockerfile | grep -v 'FROM builder AS'; then
        fail "Dockerfile: an image without a version"
    fi
    if command -v hadolint >/dev/null; then
        hadolint Dockerfile
    elif command -v npx >/dev/null; then
        npx --yes dockerfile-utils@0.16.3 lint Dockerfile
    else
        echo "no linter: neither hadolint nor npx is installed; only this project's own rules were checked" >&2
    fi
    if command -v shellcheck >/dev/null; then
        shellcheck penstock dist/src/main/sh/aot-cache.sh docker/build.sh docker/check.sh
    fi
    if docker info >/dev/null 2>&1; then
        docker build --check .
    fi
    echo "lint: ok"
}

find_jdk() {
    local folder
    for folder in "${JAVA25_HOME-}" "${JAVA_HOME-}" /opt/java/openjdk /usr/lib/jvm/*25* ~/.sdkman/candidates/java/25*; do
        if [ -n "$folder" ] && [ -x "$folder/bin/jlink" ] && grep -q '^JAVA_VERSION="25' "$folder/release"; then
            echo "$folder"
            return
        fi
    done
    fail "no JDK 25 found (expected: JAVA25_HOME)"
}

build() {
    echo "building in $work"
    mkdir "$work/source"
    git ls-files -z --cached --others --exclude-standard | tar -c --null --files-from=- --ignore-failed-read 2>/dev/null |
        tar -x -C "$work/source"
    JAVA_HOME=$(find_jdk) "$work/source/docker/build.sh" "$target" "$work/out" >"$work/build.log" 2>&1 ||
        { tail -n 30 "$work/build.log" >&2; fail "docker/build.sh failed"; }
    # As COPY does: another folder, the same dates.
    mkdir "$work/image"
    cp -a "$work/out/penstock" "$work/image"
    rm -r "$work/out"
    du -sh "$work/image/penstock"
    if [ "$target" = cuda ]; then
        for library in libonnxruntime.so libonnxruntime4j_jni.so libonnxruntime_providers_cuda.so; do
            [ -f "$work/image/penstock/native/$library" ] || fail "no $library in native/"
        done
    fi
}

# The models to serve. For cuda there is one more that asks for it, the others go on asking for the CPU.
repository() {
    cp -R "$work/image/penstock/examples/models" "$work/models"
    if [ "$target" = cuda ]; then
        cp -R "$work/models/iris" "$work/models/iris-cuda"
        echo 'instance_group [ { kind: KIND_GPU } ]' >"$work/models/iris-cuda/config.pbtxt"
    fi
    chmod -R a+rX "$work/models"
}

# Runs a command of the program as the image would.
as_image() {
    local user=()
    if [ "$(id -u)" = 0 ]; then
        user=(setpriv --reuid=10001 --regid=10001 --clear-groups)
    fi
    exec "${user[@]}" env -i PATH=/usr/bin:/bin "$work/image/penstock/bin/penstock" "$@"
}

address_of() {
    sed -n "s|^  $1 *\(http://\)\{0,1\}0.0.0.0:||p" "$work/serve.out" | head -n 1
}

run() {
    local pid port
    cd /
    (as_image serve --model-repository "$work/models" --strict-readiness=false --http-port 0 --grpc-port 0 \
        --metrics-port 0 --admin-port 0 --shutdown-drain-delay 0s) >"$work/serve.out" 2>"$work/serve.err" &
    pid=$!
    server=$pid
    for _ in $(seq 600); do
        port=$(address_of REST)
        if [ -n "$port" ] && (as_image health --http-port "$port") >/dev/null 2>&1; then
            break
        fi
        kill -0 "$pid" 2>/dev/null || { cat "$work/serve.out" "$work/serve.err" >&2; fail "the server ended"; }
        sleep 0.5
    done
    (as_image health --http-port "$port") || { cat "$work/serve.err" >&2; fail "not ready"; }
    predict "$port"
    # The JVM says nothing when it does not take the cache.
    grep -q ' /.*/penstock\.aot$' "/proc/$pid/maps" || fail "the server did not start from its AOT cache"
    if [ "$target" = cuda ]; then
        cuda_is_refused_by_name "$port"
    fi
    kill -TERM "$pid"
    wait "$pid" || { cat "$work/serve.err" >&2; fail "SIGTERM: exit code $?"; }
    server=
    echo "run: ready, from the AOT cache, predicted, drained with exit code 0"
}

predict() {
    local answer
    answer=$(curl -sS --fail-with-body --max-time 300 -H 'Content-Type: application/json' \
        -d "@$work/image/penstock/examples/requests/digits.json" "http://localhost:$1/v2/models/digits/infer")
    # The image in that request is of a seven.
    grep -Eq '"name": ?"label"[^}]*"data": ?\[7\]' <<<"$answer" || fail "the wrong answer: $answer"
}

# What happens where the libraries are there, and no GPU is.
cuda_is_refused_by_name() {
    local index
    index=$(curl -sS --fail-with-body --max-time 300 -d '{}' "http://localhost:$1/v2/repository/index")
    grep -Eq '"name": ?"iris-cuda"[^}]*cuda cannot be used: ' <<<"$index" || fail "iris-cuda is not refused: $index"
    if grep -q 'natives have no libonnxruntime_providers_cuda.so' <<<"$index"; then
        fail "these are not the natives for CUDA: $index"
    fi
    grep -Eo '"iris-cuda"[^}]*' <<<"$index"
}

stop() {
    if [ -n "$server" ]; then
        kill -KILL "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}

lint
if [ "${1-}" != lint ]; then
    target=${1:-cpu}
    [ "$target" = cpu ] || [ "$target" = cuda ] || fail "'$target' (expected: lint, cpu or cuda)"
    server=
    work=$(mktemp -d)
    chmod 755 "$work"
    trap stop EXIT
    build
    repository
    run
fi
