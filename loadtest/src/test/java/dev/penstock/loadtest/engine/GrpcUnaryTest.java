package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import io.grpc.Metadata;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Unary calls to a grpc-java server.
@Timeout(120)
class GrpcUnaryTest {
    private final InferServer server = new InferServer();
    private final LoadRun run = new LoadRun(System::nanoTime);

    @AfterEach
    void stop() {
        server.close();
    }

    private LoadPlan.Builder plan(Payload... payloads) {
        return LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(payloads));
    }

    private static Payload payload(String model, int rawBytes) {
        ModelInferRequest request = InferServer.request(model, rawBytes);
        return InferPayloads.unary(request)
                .expecting(AnswerCheck.exactly(InferServer.answer(request).toByteArray()));
    }

    private static Extent requests(long warmUp, long measured) {
        return new Extent.Requests(warmUp, measured);
    }

    private LoadResult run(LoadPlan plan) {
        return run.run(plan, PhaseObserver.NONE);
    }

    @Test
    void everyRequestOfTheMeasuredPhaseIsCountedOnce() {
        LoadResult result = run(plan(payload(InferServer.ECHO, 16))
                .connections(3)
                .streams(5)
                .verifyEvery(1)
                .extent(requests(50, 400))
                .build());

        assertThat(result.succeeded()).isEqualTo(400);
        assertThat(result.errors()).isEmpty();
        assertThat(result.verified()).isEqualTo(400);
        assertThat(result.latency().getTotalCount()).isEqualTo(400);
        assertThat(result.latency().getMinValue()).isPositive();
        assertThat(result.bytesSent()).isPositive();
        assertThat(result.bytesReceived()).isPositive();
        assertThat(result.generatorCpu()).isPositive();
        assertThat(server.ids).hasSize(450);
    }

    @Test
    void aRunOfSomeTimeCountsWhatWasBegunInIt() {
        LoadResult result = run(plan(payload(InferServer.ECHO, 16))
                .streams(4)
                .extent(new Extent.During(Duration.ofMillis(50), Duration.ofMillis(500)))
                .build());

        assertThat(result.elapsed()).isEqualTo(Duration.ofMillis(500));
        assertThat(result.errors()).isEmpty();
        assertThat(result.succeeded()).isLessThanOrEqualTo(server.ids.size());
        assertThat(result.perSecond()).isEqualTo((double) result.succeeded() * 2);
    }

    @Test
    void whoeverWatchesIsToldWhenMeasuringBeginsAndEnds() {
        List<String> told = new ArrayList<>();
        List<Long> times = new ArrayList<>();

        run.run(plan(payload(InferServer.ECHO, 16)).extent(requests(5, 5)).build(), new PhaseObserver() {
            @Override
            public void measuringBegan(long nowNanos) {
                told.add("began");
                times.add(nowNanos);
            }

            @Override
            public void measuringEnded(long nowNanos) {
                told.add("ended");
                times.add(nowNanos);
            }
        });

        assertThat(told).containsExactly("began", "ended");
        assertThat(times).isSorted();
    }

    @Test
    void threadsShareTheWork() {
        LoadResult result = run(plan(payload(InferServer.ECHO, 16))
                .connections(4)
                .streams(3)
                .threads(3)
                .extent(requests(7, 101))
                .build());

        assertThat(result.succeeded()).isEqualTo(101);
        assertThat(server.ids).hasSize(108);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 12, 13, 14, 16})
    void aFailureIsCountedByItsCode(int status) {
        LoadResult result = run(plan(payload(InferServer.FAILING + status, 16))
                .extent(requests(0, 5))
                .build());

        assertThat(result.errors()).isEqualTo(Map.of(Codes.name(status), 5L));
        assertThat(result.failed()).isEqualTo(5);
        assertThat(result.succeeded()).isZero();
        assertThat(result.latency().getTotalCount()).isZero();
        assertThat(result.rejected()).isEqualTo(status == 8 ? 5 : 0);
        assertThat(result.rejectedLatency().getTotalCount()).isEqualTo(result.rejected());
    }

    @Test
    void aWrongAnswerIsAnError() {
        ModelInferResponse wrong = InferServer.answer(InferServer.request(InferServer.ECHO, "iD", 16));
        Payload payload = InferPayloads.unary(InferServer.request(InferServer.ECHO, 16))
                .expecting(AnswerCheck.exactly(wrong.toByteArray()));

        LoadResult result =
                run(plan(payload).extent(requests(0, 10)).verifyEvery(4).build());

        assertThat(result.errors()).isEqualTo(Map.of("WRONG_ANSWER", 3L));
        assertThat(result.verified()).isZero();
    }

    @Test
    void anAnswerOfTheWrongLengthIsAnErrorEvenIfItsBytesAreNotLookedAt() {
        Payload payload = InferPayloads.unary(InferServer.request(InferServer.ECHO, 16))
                .expecting(AnswerCheck.exactly(new byte[15]));

        LoadResult result =
                run(plan(payload).extent(requests(0, 10)).verifyEvery(1000).build());

        assertThat(result.errors()).isEqualTo(Map.of("WRONG_ANSWER", 10L));
    }

    @Test
    void payloadsTakeTurnsAndEachIsVerified() {
        Payload right = payload(InferServer.ECHO, 16);
        ModelInferRequest other = InferServer.request(InferServer.ECHO, "other", 16);
        Payload wrong = InferPayloads.unary(other).expecting(answer -> false);

        LoadResult result =
                run(plan(right, wrong).extent(requests(0, 20)).verifyEvery(2).build());

        assertThat(Collections.frequency(server.ids, "id")).isEqualTo(10);
        assertThat(Collections.frequency(server.ids, "other")).isEqualTo(10);
        assertThat(result.verified()).isEqualTo(5);
        assertThat(result.errors()).isEqualTo(Map.of("WRONG_ANSWER", 5L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachRequestHasANumberAndAUnitOfItsOwn(boolean open) {
        Payload payload = payload(InferServer.ECHO, 16).withHeaders(Map.of("x-mine", "{n}+{unit:20}"));
        LoadPlan.Builder plan = plan(payload, payload(InferServer.ECHO, 1))
                .headers(Map.of("x-ours", "user-{unit:20}", "x-same", "same"))
                .deadline(Duration.ofMinutes(1))
                .connections(2)
                .streams(3)
                .threads(2)
                .extent(requests(0, 100));
        Pacing often = new Pacing.OpenLoop(2_000, Pacing.Spacing.CONSTANT, 1_000, 1);

        LoadResult result = run(open ? plan.pacing(often).build() : plan.build());

        assertThat(result.errors()).isEmpty();
        assertThat(server.withDeadline).hasValue(100);
        List<String> mine = sent("x-mine");
        assertThat(mine).hasSizeBetween(45, 55).allMatch(text -> text.matches("0{7}\\d{3}\\+[01]\\d"));
        assertThat(Set.copyOf(mine)).hasSameSizeAs(mine);
        assertThat(sent("x-ours")).hasSize(100).allMatch(text -> text.matches("user-[01]\\d"));
        assertThat(Set.copyOf(sent("x-ours"))).hasSizeGreaterThan(10);
        assertThat(sent("x-same")).hasSize(100).containsOnly("same");
    }

    private List<String> sent(String name) {
        return server.headers.stream()
                .map(headers -> headers.get(key(name)))
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void headersAndDeadlineReachTheServerInEveryRequest() {
        Payload payload = Payload.of(
                "/inference.GRPCInferenceService/ModelInfer",
                Map.of("x-mine", "of the payload"),
                InferServer.request(InferServer.ECHO, 16).toByteArray());

        LoadResult result = run(plan(payload, payload(InferServer.ECHO, 1))
                .headers(Map.of("x-ours", "of the plan"))
                .deadline(Duration.ofMinutes(1))
                .extent(requests(0, 6))
                .build());

        assertThat(result.errors()).isEmpty();
        assertThat(server.withDeadline).hasValue(6);
        assertThat(server.headers)
                .hasSize(6)
                .allSatisfy(headers -> assertThat(headers.get(key("x-ours"))).isEqualTo("of the plan"));
        assertThat(server.headers.stream().map(headers -> headers.get(key("x-mine"))))
                .containsExactly("of the payload", null, "of the payload", null, "of the payload", null);
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Test
    void largeRequestsAndAnswersPassFlowControl() {
        LoadResult result = run(plan(payload(InferServer.ECHO, 3_000_000), payload(InferServer.ECHO, 100_000))
                .streams(6)
                .verifyEvery(1)
                .extent(requests(0, 60))
                .build());

        assertThat(result.errors()).isEmpty();
        assertThat(result.verified()).isEqualTo(60);
    }

    @Test
    void noAnswerIsATimeout() {
        LoadResult result = run(plan(payload(InferServer.SILENT, 16))
                .streams(2)
                .timeout(Duration.ofMillis(30))
                .extent(requests(0, 6))
                .build());

        assertThat(result.errors()).isEqualTo(Map.of("TIMEOUT", 6L));
    }

    @Test
    void latencyOfAnOpenLoopCountsFromWhenARequestWasDue() throws InterruptedException {
        long stallNanos = TimeUnit.MILLISECONDS.toNanos(300);
        Thread opener = Thread.ofPlatform().start(() -> {
            while (server.ids.isEmpty()) {
                Thread.onSpinWait();
            }
            long arrived = System.nanoTime();
            while (System.nanoTime() - arrived < stallNanos) {
                Thread.onSpinWait();
            }
            server.opened.countDown();
        });

        // One place in flight: all but the first are sent after the stall, and a closed loop would call them
        // fast.
        LoadResult result = run(plan(payload(InferServer.GATED, 16))
                .pacing(new Pacing.OpenLoop(1000, Pacing.Spacing.CONSTANT, 1000, 1))
                .extent(requests(0, 200))
                .build());
        opener.join();

        // The last was due 200 ms after the first.
        assertThat(result.succeeded()).isEqualTo(200);
        assertThat(result.latency().getMinValue()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(99));
        assertThat(result.sendLag().getTotalCount()).isEqualTo(200);
        assertThat(result.sendLag().getMaxValue()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(99));
    }

    @Test
    void whatIsDueWhileTooManyWaitIsCountedAndNotSent() {
        LoadResult result = run(plan(payload(InferServer.SILENT, 16))
                .pacing(new Pacing.OpenLoop(100_000, Pacing.Spacing.POISSON, 10, 1))
                .timeout(Duration.ofMillis(200))
                .extent(requests(0, 5000))
                .build());

        assertThat(result.overflowed() + result.failed()).isEqualTo(5000);
        assertThat(result.overflowed()).isGreaterThanOrEqualTo(4900);
        assertThat(result.succeeded()).isZero();
    }

    @Test
    void askReturnsTheAnswer() {
        ModelInferRequest request = InferServer.request(InferServer.ECHO, 20_000);

        byte[] answer = run.ask(plan(InferPayloads.unary(request)).streams(7).build());

        assertThat(answer).isEqualTo(InferServer.answer(request).toByteArray());
    }

    @Test
    void askSaysWhatWentWrong() {
        LoadPlan plan = plan(payload(InferServer.FAILING + "5", 16)).build();

        assertThatExceptionOfType(LoadException.class)
                .isThrownBy(() -> run.ask(plan))
                .withMessageContaining("NOT_FOUND");
    }

    @Test
    void nobodyListeningIsAnException() throws IOException {
        InetSocketAddress nobody;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), closed.getLocalPort());
        }
        LoadPlan plan = LoadPlan.to(nobody, Protocol.GRPC_UNARY, List.of(payload(InferServer.ECHO, 1)))
                .build();

        assertThatExceptionOfType(LoadException.class)
                .isThrownBy(() -> run(plan))
                .withMessageContaining("no connection to");
    }
}
