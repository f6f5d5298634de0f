#!/bin/sh
# Makes the folder that goes into an image: docker/build.sh cpu|cuda OUT
# Needs Maven on the path and JAVA_HOME, a JDK 25. Leaves OUT/penstock, with its own Java runtime in it.
set -eu

if [ $# -ne 2 ] || { [ "$1" != cpu ] && [ "$1" != cuda ]; }; then
    echo "usage: docker/build.sh cpu|cuda OUT" >&2
    exit 2
fi
target=$1
out=$2

# What jdeps finds in the distribution, less java.desktop and java.sql (reached only by parts of Jackson,
# Micrometer, Gson and Protobuf that this program does not call, and by drift --png, which says so), plus jdk.jcmd
# to look into a running container.
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.xml
modules=$modules,jdk.jcmd,jdk.jfr,jdk.management,jdk.unsupported

cd "$(dirname "$0")/.."
profile=
[ "$target" = cpu ] || profile=-Pcuda
# shellcheck disable=SC2086 # nothing at all for cpu
mvn -B -ntp $profile -pl dist -am -DskipTests -Dexec.skip package

mkdir -p "$out"
cp -R dist/target/penstock "$out/penstock"
if [ "$target" = cuda ]; then
    rm "$out/penstock/native/"libonnxruntime*
    cp dist/target/penstock-cuda-natives/*.so "$out/penstock/native"
fi
"$JAVA_HOME/bin/jlink" --add-modules "$modules" --output "$out/penstock/jre" \
    --strip-debug --no-man-pages --no-header-files --compress zip-6
# For exactly this runtime, and only reading it: the image's files keep their dates, which the JVM compares.
"$out/penstock/bin/penstock" aot-cache
# The image's user only reads.
chmod -R a+rX "$out/penstock"
