package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A stream whose caller is always ahead of the model.
class StreamBacklogTest {
    /// More than a stream may have under way.
    private static final int AHEAD = 1024 + 150;

    private static final int REQUESTS = 20_000;

    private final FlopsModel held = FlopsModel.holding("held", 16);
    private final TestDoor door = new TestDoor(new FakeModels(Runnable::run).with(held));

    StreamBacklogTest() throws IOException {}

    @AfterEach
    void close() {
        door.close();
        assertThat(held.unreleased).hasValue(0);
    }

    @Test
    void whatWasReadIsNotKept() throws Exception {
        ModelInferRequest request = Requests.of("held", 1, 16, "i".repeat(1024), new Random(3));
        Counting answers = new Counting();
        StreamObserver<ModelInferRequest> requests =
                GRPCInferenceServiceGrpc.newStub(door.channel).modelStreamInfer(answers);
        for (int i = 0; i < AHEAD; i++) {
            requests.onNext(request);
        }
        long before = 0;
        long most = 0;
        for (int i = AHEAD; i < REQUESTS; i++) {
            held.takeHeld().run();
            answers.arrived.acquire();
            requests.onNext(request);
            long used = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            before = i == AHEAD + 1000 ? used : before;
            most = Math.max(most, used);
        }
        requests.onCompleted();
        for (int i = 0; i < AHEAD; i++) {
            held.takeHeld().run();
        }

        answers.end.get(120, TimeUnit.SECONDS);
        assertThat(answers.arrived.availablePermits()).isEqualTo(AHEAD);
        assertThat(most - before).isLessThan(12L << 20);
    }

    private static final class Counting implements StreamObserver<ModelStreamInferResponse> {
        final CompletableFuture<Boolean> end = new CompletableFuture<>();
        final Semaphore arrived = new Semaphore(0);

        @Override
        public void onNext(ModelStreamInferResponse response) {
            arrived.release();
        }

        @Override
        public void onError(Throwable cause) {
            end.completeExceptionally(cause);
        }

        @Override
        public void onCompleted() {
            end.complete(true);
        }
    }
}
