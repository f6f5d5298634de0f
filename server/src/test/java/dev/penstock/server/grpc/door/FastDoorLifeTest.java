package dev.penstock.server.grpc.door;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Offer;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastModel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Calls that end before their outcome, compression, overload, and a door that goes away.
class FastDoorLifeTest {
    private final Random random = new Random(11);
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final FlopsModel held = FlopsModel.holding("held", 16);
    private final FlopsModel large = FlopsModel.holding("large", 5000);
    private final FlopsModel tiny = FlopsModel.of("tiny", 16, Runnable::run);
    private final AtomicReference<@Nullable CharSequence> seenUser = new AtomicReference<>();
    private final FakeModels models = new FakeModels(Runnable::run)
            .with(held)
            .with(large)
            .with("tiny", this::pickTiny)
            .with("full", call -> new FullModel(tiny))
            .with("mute", call -> new MuteModel(tiny));
    private final TestDoor door;

    FastDoorLifeTest() throws IOException {
        door = new TestDoor(TestDoor.settings(1 << 20, 64, ConnectionSettings.DEFAULT), models, List.of());
    }

    private FastModel pickTiny(FastCall call) {
        seenUser.set(call.metadata(0));
        return tiny;
    }

    @AfterEach
    void close() {
        door.close();
        pool.shutdownNow();
        for (FlopsModel model : List.of(held, large, tiny)) {
            assertThat(model.unreleased).hasValue(0);
        }
    }

    private Future<ModelInferResponse> call(ModelInferRequest request) {
        return pool.submit(() -> door.stub().modelInfer(request));
    }

    @Test
    void outcomesFromOtherThreadsFindTheirCallers() throws Exception {
        for (FlopsModel model : List.of(held, large)) {
            ModelInferRequest first = Requests.of(model.key().name(), 1, model == held ? 16 : 5000, "1", random);
            ModelInferRequest second = Requests.of(model.key().name(), 2, model == held ? 16 : 5000, "2", random);
            Future<ModelInferResponse> firstAnswer = call(first);
            Runnable firstCall = model.takeHeld();
            Future<ModelInferResponse> secondAnswer = call(second);
            Runnable secondCall = model.takeHeld();

            secondCall.run();
            firstCall.run();

            Requests.check(first, firstAnswer.get());
            Requests.check(second, secondAnswer.get());
        }
    }

    @Test
    void aCancelledCallIsAbandonedAndItsOutcomeDropped() throws Exception {
        var future = GRPCInferenceServiceGrpc.newFutureStub(door.channel)
                .modelInfer(Requests.of("large", 1, 5000, "c", random));
        Runnable outcome = large.takeHeld();
        FastCall call = requireNonNull(large.offered);
        assertThat(call.abandoned()).isFalse();
        future.cancel(true);
        // The reset is on its way; a call behind it on the same connection shows that it has arrived.
        ModelInferRequest next = Requests.tiny("n", random);
        Requests.check(next, door.stub().modelInfer(next));
        assertThat(call.abandoned()).isTrue();

        outcome.run();

        Requests.check(next, door.stub().modelInfer(next));
    }

    @Test
    void aCallPastItsDeadlineIsAnsweredThoughItsModelIsBusy() throws IOException {
        try (Wire wire = new Wire(door.port(), 1 << 20)) {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, "grpc-timeout", "50m");
            wire.headers(1, 0, block);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, Requests.framed(Requests.of("held", 1, 16, "d", random)));

            assertThat(wire.answer(1).trailers()).contains("grpc-status\u00014", "the deadline has passed");
        }
        held.runHeld();
    }

    @Test
    void theTimeoutParameterReachesTheQueueAndIsNoDeadline() throws Exception {
        ModelInferRequest request = Requests.of("held", 1, 16, "d", random).toBuilder()
                .putParameters(
                        "timeout", InferParameter.newBuilder().setInt64Param(1).build())
                .build();

        ListenableFuture<ModelInferResponse> call =
                GRPCInferenceServiceGrpc.newFutureStub(door.channel).modelInfer(request);
        Runnable answer = held.takeHeld();
        assertThat(held.timeoutNanos).isEqualTo(1000);
        answer.run();

        assertThat(call.get(120, TimeUnit.SECONDS).getId()).isEqualTo("d");
    }

    @Test
    void aFullQueueIsOverload() {
        assertThatThrownBy(() -> door.stub().modelInfer(Requests.of("full", 1, 16, "f", random)))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(e.getMessage()).contains("Exceeds maximum queue size of model 'full'");
                    assertThat(e.getTrailers()).isNotNull();
                });
    }

    @Test
    void aCallWhoseAnswerCannotBeMadeIsReset() throws IOException {
        try (Wire wire = new Wire(door.port(), 1 << 20)) {
            wire.open(1);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, Requests.framed(Requests.of("mute", 1, 16, "r", random)));

            assertThat(wire.await(Wire.RST_STREAM, 1).intAt(0)).isEqualTo(2);
            ModelStreamInferTest.open(wire, 3);
            wire.frame(Wire.DATA, 0, 3, Requests.framed(Requests.of("mute", 1, 16, "r", random)));
            assertThat(wire.await(Wire.RST_STREAM, 3).intAt(0)).isEqualTo(2);
            wire.open(5);
            wire.frame(Wire.DATA, Wire.END_STREAM, 5, Requests.framed(Requests.tiny("r", random)));
            assertThat(wire.answer(5).isOk()).isTrue();
        }
    }

    @Test
    void gzipWorksInBothDirections() {
        ModelInferRequest request = Requests.of("tiny", 32, 16, "gz", random);

        ModelInferResponse response = door.stub().withCompression("gzip").modelInfer(request);

        Requests.check(request, response);
    }

    @Test
    void metadataThatRoutesAskForIsKept() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER), "u-17");
        ModelInferRequest request = Requests.tiny("m", random);

        door.stub()
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .modelInfer(request);

        assertThat(seenUser.get()).hasToString("u-17");
        door.stub().modelInfer(request);
        assertThat(seenUser.get()).isNull();
    }

    @Test
    void drainingFinishesTheCallsUnderWay() throws Exception {
        ModelInferRequest request = Requests.of("held", 1, 16, "last", random);
        Future<ModelInferResponse> answer = call(request);
        Runnable outcome = held.takeHeld();

        CompletableFuture<Boolean> drained =
                CompletableFuture.supplyAsync(() -> door.door.drain(Duration.ofMinutes(5)), pool);
        assertThatThrownBy(() -> drained.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        outcome.run();

        Requests.check(request, answer.get());
        assertThat(drained.get()).isTrue();
    }

    @Test
    void drainingCutsOffWhatTakesTooLong() throws Exception {
        Future<ModelInferResponse> answer = call(Requests.of("held", 1, 16, "late", random));
        Runnable outcome = held.takeHeld();

        assertThat(door.door.drain(Duration.ofMillis(50))).isFalse();
        assertThatThrownBy(answer::get).hasMessageContaining("UNAVAILABLE");
        outcome.run();
    }

    @Test
    void outcomesThatComeAfterTheEndAreCleanedUp() throws Exception {
        ByteBudget budget;
        Runnable outcome;
        try (TestDoor other = new TestDoor(models)) {
            budget = other.budget;
            Future<ModelInferResponse> answer =
                    pool.submit(() -> other.stub().modelInfer(Requests.of("large", 1, 5000, "end", random)));
            outcome = large.takeHeld();
            other.door.close();
            assertThatThrownBy(answer::get).hasMessageContaining("UNAVAILABLE");
            assertThat(budget.held()).isPositive();
            outcome.run();
        }

        assertThat(budget.held()).isZero();
        assertThat(large.unreleased).hasValue(0);
    }

    @Test
    void aPortInUseIsAnError() {
        assertThatThrownBy(() -> FastDoor.start(
                        "127.0.0.1",
                        door.port(),
                        TestDoor.settings(),
                        door.budget,
                        models,
                        List.of(),
                        NanoClock.SYSTEM))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("port " + door.port());
    }

    /// Ends every call with an answer that cannot be read.
    private record MuteModel(FlopsModel model) implements FastModel {
        @Override
        public ModelKey key() {
            return model.key();
        }

        @Override
        public Signature signature() {
            return model.signature();
        }

        @Override
        public Offer offer(FastCall call) {
            call.completed(new BrokenOutputs(), 0);
            return Offer.TAKEN;
        }
    }

    private static final class BrokenOutputs implements BatchOutputs {
        @Override
        public long address(int output) {
            throw new OutOfMemoryError("on purpose");
        }

        @Override
        public long rowBytes(int output) {
            return 0;
        }

        @Override
        public long startedNanos() {
            return 0;
        }

        @Override
        public long endedNanos() {
            return 0;
        }

        @Override
        public void release() {}
    }

    /// Refuses every call.
    private record FullModel(FlopsModel model) implements FastModel {
        @Override
        public ModelKey key() {
            return model.key();
        }

        @Override
        public Signature signature() {
            return model.signature();
        }

        @Override
        public Offer offer(FastCall call) {
            return Offer.QUEUE_FULL;
        }
    }
}
