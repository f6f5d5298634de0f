package dev.penstock.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.penstock.core.DataType;
import dev.penstock.core.NanoClock;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.router.ModelRoute;
import dev.penstock.router.RouteTable;
import dev.penstock.router.Router;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.grpc.door.ConnectionSettings;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/// A door on a free port of this machine before a real router, and a channel to it.
///
/// Models: `digits` 1 and 2 (FP32 [-1,64], up to 8 rows), `pair` (two inputs), and `echo-T` for every type T.
final class DoorFixture implements AutoCloseable {
    static final int MAX_MESSAGE_BYTES = 1 << 20;
    static final long BUDGET_BYTES = 4 * MAX_MESSAGE_BYTES;
    static final long NOW_NANOS = 1_000;
    static final Signature DIGITS = new Signature(
            List.of(TensorSpec.of("image", DataType.FP32, -1, 64)),
            List.of(TensorSpec.of("label", DataType.INT64, -1), TensorSpec.of("probabilities", DataType.FP32, -1, 10)),
            8);
    static final Signature PAIR = new Signature(
            List.of(TensorSpec.of("a", DataType.FP32, -1, 2), TensorSpec.of("b", DataType.INT64, -1)),
            List.of(TensorSpec.of("sum", DataType.FP32, -1)),
            0);

    final FakeBatcher batcher = new FakeBatcher();
    final FakeCatalog catalog = new FakeCatalog();
    final List<FakeVersion> versions = new ArrayList<>();
    final ByteBudget budget = new ByteBudget(BUDGET_BYTES, "in-flight.max-bytes");
    final GrpcDoor door;
    final ManagedChannel channel;
    final GRPCInferenceServiceBlockingStub stub;
    final AtomicReference<@Nullable Metadata> headers = new AtomicReference<>();
    final AtomicReference<@Nullable Metadata> trailers = new AtomicReference<>();

    DoorFixture(GrpcTransport transport) {
        this(transport, () -> NOW_NANOS);
    }

    DoorFixture(GrpcTransport transport, NanoClock clock) {
        this(settings(transport, 0, ConnectionSettings.DEFAULT), clock);
    }

    static GrpcDoor.Settings settings(GrpcTransport transport, int compressFromBytes, ConnectionSettings connections) {
        return new GrpcDoor.Settings(MAX_MESSAGE_BYTES, 1000, 2, transport, compressFromBytes, connections);
    }

    DoorFixture(GrpcDoor.Settings settings, NanoClock clock) {
        Router router = new Router(batcher, (key, failure, rows, queueNanos, runNanos) -> {}, clock);
        router.publish(routes());
        try {
            door = GrpcDoor.start(
                    "127.0.0.1",
                    0,
                    settings,
                    budget,
                    router,
                    model -> null,
                    (key, failure, rows, queueNanos, runNanos) -> {},
                    catalog,
                    catalog,
                    "penstock",
                    "1.2.3",
                    clock,
                    null,
                    _ -> null,
                    null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        channel = NettyChannelBuilder.forAddress("127.0.0.1", door.port())
                .usePlaintext()
                .build();
        stub = GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    }

    private RouteTable routes() {
        List<ModelRoute> routes = new ArrayList<>();
        routes.add(new ModelRoute(
                "digits", List.of(version("digits", 1, DIGITS), version("digits", 2, DIGITS)), Set.of(3L)));
        routes.add(new ModelRoute("pair", List.of(version("pair", 1, PAIR)), Set.of()));
        routes.add(new ModelRoute("modèle ü", List.of(version("modèle ü", 1, echo(DataType.FP32))), Set.of()));
        for (DataType type : DataType.values()) {
            routes.add(new ModelRoute("echo-" + type, List.of(version("echo-" + type, 7, echo(type))), Set.of()));
        }
        catalog.put(
                "digits",
                FakeCatalog.version(1, VersionState.READY, DIGITS),
                FakeCatalog.version(2, VersionState.READY, DIGITS),
                FakeCatalog.version(3, VersionState.UNAVAILABLE, DIGITS));
        return RouteTable.of(routes);
    }

    static Signature echo(DataType type) {
        return new Signature(List.of(TensorSpec.of("x", type, -1)), List.of(TensorSpec.of("y", type, -1)), 0);
    }

    private VersionHandle version(String name, long number, Signature signature) {
        FakeVersion version = new FakeVersion(name, number, signature);
        versions.add(version);
        return version;
    }

    int leases() {
        return versions.stream().mapToInt(version -> version.leases.get()).sum();
    }

    /// One row for `digits`, raw.
    static ModelInferRequest.Builder digits() {
        return ModelInferRequest.newBuilder()
                .setModelName("digits")
                .addInputs(input("image", "FP32", 1, 64))
                .addRawInputContents(floats(64));
    }

    static InferInputTensor.Builder input(String name, String datatype, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
        for (long dim : shape) {
            input.addShape(dim);
        }
        return input;
    }

    static ByteString floats(int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(i / 2f);
        }
        return ByteString.copyFrom(bytes.flip());
    }

    /// The failure of `call`, which must fail.
    static StatusRuntimeException failureOf(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    static @Nullable String value(@Nullable Metadata metadata, String key) {
        return metadata == null ? null : metadata.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // As a server goes down: what still answers needs the door's threads.
        batcher.close();
        door.close();
        assertThat(budget.held()).as("bytes held by a closed door").isZero();
    }
}
