# Two images: `docker build .` makes the one for CPUs, `docker build --target cuda .` the one for NVIDIA GPUs.
# What the builder runs is docker/build.sh, which docker/check.sh runs too, without Docker.

FROM eclipse-temurin:25-jdk AS builder
RUN apt-get update \
    && apt-get install --no-install-recommends -y binutils maven \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .

FROM builder AS built-cuda
RUN --mount=type=cache,target=/root/.m2 docker/build.sh cuda /out

FROM builder AS built-cpu
RUN --mount=type=cache,target=/root/.m2 docker/build.sh cpu /out

# CUDA 12 and cuDNN 9 are what these ONNX Runtime libraries are linked with.
FROM nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04 AS cuda
COPY --from=built-cuda /out/penstock /opt/penstock
RUN groupadd --gid 10001 penstock \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin penstock \
    && mkdir /models
ENV PENSTOCK_DEFAULT_DEVICE=cuda
WORKDIR /opt/penstock
USER 10001:10001
# The admin API on 8003 is open to the container itself only.
EXPOSE 8000 8001 8002
STOPSIGNAL SIGTERM
# Reads the same environment as the server; give settings by PENSTOCK_... variables and it asks the right port.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/penstock/bin/penstock", "health"]
ENTRYPOINT ["/opt/penstock/bin/penstock"]
CMD ["serve", "--model-repository", "/models"]

FROM debian:12-slim AS cpu
COPY --from=built-cpu /out/penstock /opt/penstock
RUN groupadd --gid 10001 penstock \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin penstock \
    && mkdir /models
WORKDIR /opt/penstock
USER 10001:10001
# The admin API on 8003 is open to the container itself only.
EXPOSE 8000 8001 8002
STOPSIGNAL SIGTERM
# Reads the same environment as the server; give settings by PENSTOCK_... variables and it asks the right port.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/penstock/bin/penstock", "health"]
ENTRYPOINT ["/opt/penstock/bin/penstock"]
CMD ["serve", "--model-repository", "/models"]
