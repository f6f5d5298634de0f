package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.digits;
import static dev.penstock.server.grpc.DoorFixture.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.Pending;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EachTransport
class CallLifeTest {
    /// For what has to happen in the end.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final DoorFixture fixture;
    private final LinkedBlockingQueue<Pending> waiting = new LinkedBlockingQueue<>();

    CallLifeTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    /// Starts a call whose request stays in `waiting`.
    private ListenableFuture<ModelInferResponse> hold(ModelInferRequest request) {
        fixture.batcher.behaviour = waiting::add;
        return GRPCInferenceServiceGrpc.newFutureStub(fixture.channel).modelInfer(request);
    }

    private Pending held() throws InterruptedException {
        Pending pending = waiting.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (pending == null) {
            throw new AssertionError("no request reached the batcher");
        }
        return pending;
    }

    private static void finish(Pending pending) {
        FakeBatcher.echo(pending);
    }

    private static void awaitAbandoned(Pending pending) {
        long endNanos = NanoClock.SYSTEM.nanoTime() + PATIENCE.toNanos();
        while (!pending.sink().abandoned()) {
            assertThat(endNanos - NanoClock.SYSTEM.nanoTime())
                    .as("nanoseconds left")
                    .isPositive();
            Thread.onSpinWait();
        }
    }

    @Test
    void aCallThatIsCancelledIsAbandonedAndMayStillBeAnswered() throws Exception {
        ListenableFuture<ModelInferResponse> call = hold(digits().build());
        Pending pending = held();
        assertThat(pending.sink().abandoned()).isFalse();

        call.cancel(true);
        awaitAbandoned(pending);
        finish(pending);

        fixture.batcher.behaviour = FakeBatcher::echo;
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
    }

    @Test
    void aCallThatIsCancelledMayStillBeRefused() throws Exception {
        ListenableFuture<ModelInferResponse> call = hold(digits().build());
        Pending pending = held();

        call.cancel(true);
        awaitAbandoned(pending);
        pending.lease().close();
        pending.sink().fail(ErrorCode.CANCELLED, "the caller went away");

        fixture.batcher.behaviour = FakeBatcher::echo;
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
    }

    @Test
    void aCallWithoutDeadlineHasNone() throws Exception {
        ListenableFuture<ModelInferResponse> call = hold(digits().build());

        Pending pending = held();

        assertThat(pending.request().deadlineNanos()).isEqualTo(InferenceRequest.NO_DEADLINE);
        finish(pending);
        assertThat(call).succeedsWithin(PATIENCE);
    }

    @Test
    void theTimeoutIsHowLongItWaitsAndTheDeadlineTheCalls() throws Exception {
        fixture.batcher.behaviour = waiting::add;
        var futures = GRPCInferenceServiceGrpc.newFutureStub(fixture.channel);
        InferParameter fiveMillis =
                InferParameter.newBuilder().setInt64Param(5_000).build();
        InferParameter anHour =
                InferParameter.newBuilder().setUint64Param(3_600_000_000L).build();
        InferParameter sevenMillis =
                InferParameter.newBuilder().setStringParam("7000").build();

        var first = futures.withDeadlineAfter(60, TimeUnit.SECONDS)
                .modelInfer(digits().putParameters("timeout", fiveMillis).build());
        Pending parameter = held();
        var second = futures.withDeadlineAfter(60, TimeUnit.SECONDS)
                .modelInfer(digits().putParameters("timeout", anHour).build());
        Pending call = held();
        var third = futures.modelInfer(
                digits().putParameters("timeout", sevenMillis).build());
        Pending text = held();

        assertThat(parameter.request().timeoutNanos()).isEqualTo(5_000_000);
        assertThat(call.request().deadlineNanos())
                .isBetween(
                        DoorFixture.NOW_NANOS + Duration.ofSeconds(30).toNanos(),
                        DoorFixture.NOW_NANOS + Duration.ofSeconds(60).toNanos());
        assertThat(text.request().deadlineNanos()).isEqualTo(InferenceRequest.NO_DEADLINE);
        assertThat(text.request().timeoutNanos()).isEqualTo(7_000_000);
        finish(parameter);
        finish(call);
        finish(text);
        assertThat(List.of(first, second, third))
                .allSatisfy(reply -> assertThat(reply).succeedsWithin(PATIENCE));
    }

    @Test
    void timeoutsOfZeroOrBeyondCountingAreNone() throws Exception {
        fixture.batcher.behaviour = waiting::add;
        var futures = GRPCInferenceServiceGrpc.newFutureStub(fixture.channel);
        for (long micros : new long[] {0, Long.MAX_VALUE, -1}) {
            var call = futures.modelInfer(digits().putParameters(
                            "timeout",
                            InferParameter.newBuilder().setUint64Param(micros).build())
                    .build());

            Pending pending = held();

            assertThat(pending.request().deadlineNanos()).as("%d us", micros).isEqualTo(InferenceRequest.NO_DEADLINE);
            finish(pending);
            assertThat(call).succeedsWithin(PATIENCE);
        }
    }

    @Test
    void aDeadlineThatPassesAbandonsTheCall() throws Exception {
        fixture.batcher.behaviour = waiting::add;
        ListenableFuture<ModelInferResponse> call;
        Pending pending;
        do {
            // A machine that stalls may have a call end before it arrives; then the next one is to.
            call = GRPCInferenceServiceGrpc.newFutureStub(fixture.channel)
                    .withDeadlineAfter(1, TimeUnit.SECONDS)
                    .modelInfer(digits().build());
            do {
                pending = waiting.poll(10, TimeUnit.MILLISECONDS);
            } while (pending == null && !call.isDone());
        } while (pending == null);

        awaitAbandoned(pending);
        finish(pending);

        assertThat(call)
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .satisfies(e -> assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    }

    @Test
    void drainingLetsACallFinishAndTakesNoMore() throws Exception {
        ListenableFuture<ModelInferResponse> call = hold(digits().setId("last").build());
        Pending pending = held();
        Iterator<HealthCheckResponse> watch =
                HealthGrpc.newBlockingStub(fixture.channel).watch(HealthCheckRequest.getDefaultInstance());
        watch.next();

        CompletableFuture<Boolean> drained = OwnThreads.call(() -> fixture.door.drain(Duration.ofSeconds(30)));
        // The watch ends once draining has begun: not serving, then the end.
        StatusRuntimeException watchEnd = failureOf(() -> watch.forEachRemaining(status -> {}));
        assertThat(drained).isNotDone();
        finish(pending);

        assertThat(call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getId()).isEqualTo("last");
        assertThat(drained).succeedsWithin(Duration.ofMinutes(2)).isEqualTo(true);
        assertThat(watchEnd.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failureOf(() -> fixture.stub.modelInfer(digits().build()))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void drainingEndsCallsThatTakeTooLong() throws Exception {
        ListenableFuture<ModelInferResponse> call = hold(digits().build());
        Pending pending = held();

        boolean drained = fixture.door.drain(Duration.ofMillis(50));
        finish(pending);

        assertThat(drained).isFalse();
        assertThat(pending.sink().abandoned()).isTrue();
        assertThat(call).failsWithin(PATIENCE);
    }
}
