package dev.penstock.server.config;

import static dev.penstock.server.config.ValueKinds.choice;
import static dev.penstock.server.config.ValueKinds.integer;

import dev.penstock.server.admin.GrpcTransport;
import java.time.Duration;

/// Where requests come in, and how. In the order in which people are shown them.
public final class DoorKeys {
    static final KeyGroup GROUP = new KeyGroup();

    static final Key<String> HTTP_HOST =
            GROUP.key("http.host", ValueKinds.HOST, "0.0.0.0", "Address that REST listens on.", "--http-address");

    public static final Key<Integer> HTTP_PORT =
            GROUP.key("http.port", ValueKinds.PORT, "8000", "Port of REST inference; 0 takes any free one.");

    static final Key<Integer> HTTP_MAX_BODY_BYTES =
            GROUP.key("http.max-body-bytes", ByteSize.kind(1024), "64MiB", "Largest REST request body.");

    static final Key<String> GRPC_HOST =
            GROUP.key("grpc.host", ValueKinds.HOST, "0.0.0.0", "Address that gRPC listens on.", "--grpc-address");

    public static final Key<Integer> GRPC_PORT = GROUP.key(
            "grpc.port",
            ValueKinds.PORT,
            "8001",
            "Port of gRPC inference, health and reflection; 0 takes any free one.");

    static final Key<Integer> GRPC_MAX_MESSAGE_BYTES =
            GROUP.key("grpc.max-message-bytes", ByteSize.kind(1024), "64MiB", "Largest gRPC request message.");

    static final Key<GrpcTransport> GRPC_TRANSPORT = GROUP.key(
            "grpc.transport",
            choice(GrpcTransport.class),
            "netty-door",
            "What carries gRPC calls. netty-door: our own, made for inference. grpc-java: the library's server.");

    static final Key<Integer> GRPC_COMPRESS_FROM_BYTES = GROUP.key(
            "grpc.compress-from-bytes",
            ByteSize.kind(0),
            "0",
            "Smallest gRPC answer that is sent as gzip to callers that take it; 0 compresses none. "
                    + "It is done on an event loop, 30 ms per MiB.");

    static final Key<Duration> GRPC_MAX_CONNECTION_AGE = GROUP.time(
            "grpc.max-connection-age",
            "0s",
            "How long a gRPC connection may last, give or take a tenth, before it is told to go; 0s is for ever.");

    static final Key<Duration> GRPC_MAX_CONNECTION_AGE_GRACE = GROUP.time(
            "grpc.max-connection-age-grace",
            "0s",
            "How long its calls may then take to end; 0s is as long as they need.");

    static final Key<Duration> GRPC_MAX_CONNECTION_IDLE = GROUP.time(
            "grpc.max-connection-idle",
            "0s",
            "How long a gRPC connection may be without a call before it is told to go; 0s is for ever.");

    static final Key<Duration> GRPC_KEEPALIVE_TIME = GROUP.time(
            "grpc.keepalive-time",
            "120s",
            "Silence of a gRPC connection after which it is asked whether anybody is there; 0s never asks.");

    static final Key<Duration> GRPC_KEEPALIVE_TIMEOUT = GROUP.time(
            "grpc.keepalive-timeout", "20s", "How long the answer to that may take before the connection is closed.");

    static final Key<Duration> GRPC_PERMIT_KEEPALIVE_TIME = GROUP.time(
            "grpc.permit-keepalive-time",
            "10s",
            "How often a gRPC caller may ask that of the server; callers that go on asking sooner are cut off.");

    static final Key<String> METRICS_HOST = GROUP.key(
            "metrics.host", ValueKinds.HOST, "0.0.0.0", "Address that metrics listen on.", "--metrics-address");

    public static final Key<Integer> METRICS_PORT =
            GROUP.key("metrics.port", ValueKinds.PORT, "8002", "Port of the Prometheus metrics; 0 takes any free one.");

    static final Key<Boolean> METRICS_TRITON_NAMES = GROUP.key(
            "metrics.triton-names",
            ValueKinds.BOOL,
            "true",
            "Show what Triton has metrics of under its names, nv_inference_ and so on, too.");

    static final Key<Integer> METRICS_MAX_SERIES = GROUP.key(
            "metrics.max-series",
            integer("N", 1000, 10_000_000),
            "100000",
            "Most series that metrics show; what is more is left out, histograms of models first, and counted.");

    static final Key<String> ADMIN_HOST = GROUP.key(
            "admin.host",
            ValueKinds.HOST,
            "127.0.0.1",
            "Address that the admin API listens on; loopback keeps it private.");

    public static final Key<Integer> ADMIN_PORT =
            GROUP.key("admin.port", ValueKinds.PORT, "8003", "Port of the admin API; 0 takes any free one.");

    public static final Key<Long> ADMIN_MAX_UPLOAD_BYTES = GROUP.bytes(
            "admin.max-upload-bytes", "8GiB", "Most bytes of one upload of a version, all its files together.");

    private DoorKeys() {}
}
