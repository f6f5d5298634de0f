package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.NanoClock;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.wire.MessageLimit;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A door on a free port, with a grpc-java client.
final class TestDoor implements AutoCloseable {
    static final long HELD_BYTES = 256L * 1024 * 1024;

    static final int MAX_STREAMS = 1000;

    final ByteBudget budget;
    final FastDoor door;
    final ManagedChannel channel;

    TestDoor(FastModels models) throws IOException {
        this(settings(), models, List.of());
    }

    TestDoor(DoorSettings settings, FastModels models, List<ServerServiceDefinition> services) throws IOException {
        this(settings, HELD_BYTES, models, services);
    }

    TestDoor(DoorSettings settings, long heldBytes, FastModels models, List<ServerServiceDefinition> services)
            throws IOException {
        this(settings, heldBytes, models, services, NanoClock.SYSTEM);
    }

    TestDoor(
            DoorSettings settings,
            long heldBytes,
            FastModels models,
            List<ServerServiceDefinition> services,
            NanoClock clock)
            throws IOException {
        budget = new ByteBudget(heldBytes, "in-flight.max-bytes");
        door = FastDoor.start("127.0.0.1", 0, settings, budget, models, services, clock);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", door.port())
                .usePlaintext()
                .maxInboundMessageSize(64 * 1024 * 1024)
                .directExecutor()
                .build();
    }

    static DoorSettings settings() {
        return settings(64 << 20, DoorSettings.NEVER_COMPRESS, ConnectionSettings.DEFAULT);
    }

    static DoorSettings settings(int maxMessageBytes, int compressFromBytes, ConnectionSettings connections) {
        return new DoorSettings(
                2,
                MessageLimit.set(maxMessageBytes),
                MAX_STREAMS,
                1 << 20,
                1 << 24,
                16 * 1024,
                compressFromBytes,
                connections,
                List.of("x-user"));
    }

    GRPCInferenceServiceBlockingStub stub() {
        return GRPCInferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    int port() {
        return door.port();
    }

    /// Closes, and finds nothing left behind.
    @Override
    public void close() {
        channel.shutdownNow();
        door.close();
        assertThat(budget.held()).as("bytes held by a closed door").isZero();
    }
}
