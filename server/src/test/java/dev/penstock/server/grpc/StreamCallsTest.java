package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.digits;
import static dev.penstock.server.grpc.DoorFixture.floats;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.Pending;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// ModelStreamInfer as its callers see it.
@EachTransport
class StreamCallsTest {
    private static final int MORE_THAN_ANY_STREAM_TAKES = 5000;

    private final DoorFixture fixture;
    private final LinkedBlockingQueue<Pending> waiting = new LinkedBlockingQueue<>();

    StreamCallsTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        assertThat(fixture.leases()).isZero();
        fixture.close();
    }

    /// One stream and what it was answered.
    private static final class Stream implements ClientResponseObserver<ModelInferRequest, ModelStreamInferResponse> {
        final LinkedBlockingQueue<ModelStreamInferResponse> responses = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();
        private final boolean reads;
        private ClientCallStreamObserver<ModelInferRequest> requests;

        @SuppressWarnings("NullAway.Init") // beforeStart comes first.
        Stream(boolean reads) {
            this.reads = reads;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ModelInferRequest> stream) {
            requests = stream;
            if (!reads) {
                stream.disableAutoRequestWithInitial(0);
            }
        }

        @Override
        public void onNext(ModelStreamInferResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            end.complete(Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }

        ModelStreamInferResponse next() throws InterruptedException {
            ModelStreamInferResponse response = responses.poll(120, TimeUnit.SECONDS);
            assertThat(response).as("an answer within 20 s").isNotNull();
            return response == null ? ModelStreamInferResponse.getDefaultInstance() : response;
        }

        Status status() throws Exception {
            return end.get(120, TimeUnit.SECONDS);
        }
    }

    private Stream open(Stream stream, Metadata metadata) {
        StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(fixture.channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .modelStreamInfer(stream);
        assertThat(requests).isNotNull();
        return stream;
    }

    private Stream open() {
        return open(new Stream(true), new Metadata());
    }

    private Stream openStrict() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER), "true");
        return open(new Stream(true), metadata);
    }

    private Pending held() throws InterruptedException {
        Pending pending = waiting.poll(120, TimeUnit.SECONDS);
        if (pending == null) {
            throw new AssertionError("no request reached the batcher in 20 s");
        }
        return pending;
    }

    private static ModelInferRequest request(String id) {
        return digits().setId(id).build();
    }

    private static ModelInferRequest unknown(String id) {
        return digits().setModelName("nope").setId(id).build();
    }

    private static boolean isFinal(ModelStreamInferResponse response) {
        return response.getInferResponse()
                .getParametersOrThrow("triton_final_response")
                .getBoolParam();
    }

    @Test
    void answersCarryIdsValuesAndTheFinalParameter() throws Exception {
        Stream stream = open();

        stream.requests.onNext(request("first"));
        stream.requests.onNext(digits().setId("second")
                .putParameters(
                        "triton_enable_empty_final_response",
                        InferParameter.newBuilder().setBoolParam(true).build())
                .build());
        stream.requests.onCompleted();

        for (String id : List.of("first", "second")) {
            ModelStreamInferResponse response = stream.next();
            assertThat(response.getErrorMessage()).isEmpty();
            assertThat(response.getInferResponse().getId()).isEqualTo(id);
            assertThat(response.getInferResponse().getModelVersion()).isEqualTo("2");
            assertThat(response.getInferResponse().getRawOutputContentsList()).containsExactly(floats(64), floats(64));
            assertThat(isFinal(response)).isTrue();
        }
        assertThat(stream.status().isOk()).isTrue();
        assertThat(stream.responses).isEmpty();
    }

    @Test
    void answersKeepTheOrderOfRequestsWhateverIsDoneFirst() throws Exception {
        fixture.batcher.behaviour = waiting::add;
        Stream stream = open();
        List<Pending> pending = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            stream.requests.onNext(i % 8 == 5 ? unknown("r" + i) : request("r" + i));
            if (i % 8 != 5) {
                pending.add(held());
            }
        }
        stream.requests.onCompleted();

        pending.reversed().forEach(FakeBatcher::echo);

        assertThat(stream.status().isOk()).isTrue();
        assertThat(stream.responses)
                .extracting(response -> response.getInferResponse().getId())
                .containsExactlyElementsOf(
                        IntStream.range(0, 40).mapToObj(i -> "r" + i).toList());
    }

    @Test
    void aFailedRequestIsAnsweredAndTheStreamGoesOn() throws Exception {
        Stream stream = open();

        stream.requests.onNext(unknown("bad"));
        ModelStreamInferResponse failed = stream.next();
        stream.requests.onNext(
                digits().setId("worse").setRawInputContents(0, ByteString.EMPTY).build());
        ModelStreamInferResponse alsoFailed = stream.next();
        stream.requests.onNext(request("good"));
        ModelStreamInferResponse answered = stream.next();
        stream.requests.onCompleted();

        assertThat(failed.getErrorMessage()).isEqualTo("Request for unknown model: 'nope' is not found");
        assertThat(failed.getInferResponse().getId()).isEqualTo("bad");
        assertThat(isFinal(failed)).isTrue();
        assertThat(alsoFailed.getErrorMessage()).contains("expecting 256 bytes ([1,64] of FP32), got 0");
        assertThat(answered.getInferResponse().getId()).isEqualTo("good");
        assertThat(stream.status().isOk()).isTrue();
    }

    @Test
    void whoAsksForStatusesGetsThatOfTheFirstFailureAndTheEnd() throws Exception {
        fixture.batcher.behaviour = waiting::add;
        Stream stream = openStrict();
        stream.requests.onNext(request("before"));
        Pending before = held();
        stream.requests.onNext(unknown("bad"));
        stream.requests.onNext(request("after"));
        Pending after = held();

        FakeBatcher.echo(before);

        assertThat(stream.status().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(stream.status().getDescription()).isEqualTo("Request for unknown model: 'nope' is not found");
        assertThat(stream.responses)
                .extracting(response -> response.getInferResponse().getId())
                .containsExactly("before");
        FakeBatcher.echo(after);
    }

    @Test
    void aCancelledStreamAbandonsWhatWaits() throws Exception {
        fixture.batcher.behaviour = waiting::add;
        Stream stream = open();
        stream.requests.onNext(request("a"));
        stream.requests.onNext(request("b"));
        List<Pending> pending = List.of(held(), held());

        stream.requests.cancel("enough", null);

        long endNanos = NanoClock.SYSTEM.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        for (Pending one : pending) {
            while (!one.sink().abandoned()) {
                assertThat(endNanos - NanoClock.SYSTEM.nanoTime())
                        .as("nanoseconds left")
                        .isPositive();
                Thread.onSpinWait();
            }
            FakeBatcher.echo(one);
        }
    }

    @Test
    void aStreamThatIsNotReadStopsBeingReadFrom() throws Exception {
        Stream stream = open(new Stream(false), new Metadata());
        // Whatever is under way when the stream stops, 1024 answers of this size, must not clog the connection.
        ByteString row = floats(64);
        ModelInferRequest request = digits().setRawInputContents(0, row).build();
        for (int i = 0; i < MORE_THAN_ANY_STREAM_TAKES; i++) {
            stream.requests.onNext(request);
        }
        stream.requests.onCompleted();
        // Others are served meanwhile, by the same connection.
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
        assertThat(stream.responses).isEmpty();

        stream.requests.request(MORE_THAN_ANY_STREAM_TAKES);

        assertThat(stream.status().isOk()).isTrue();
        assertThat(stream.responses)
                .hasSize(MORE_THAN_ANY_STREAM_TAKES)
                .allMatch(response ->
                        response.getInferResponse().getRawOutputContents(0).equals(row));
    }

    @Test
    void moreThanAStreamMayHaveUnderWayWaits() throws Exception {
        fixture.batcher.behaviour = waiting::add;
        Stream stream = open();
        for (int i = 0; i < MORE_THAN_ANY_STREAM_TAKES; i++) {
            stream.requests.onNext(request("w" + i));
        }
        stream.requests.onCompleted();
        List<Pending> first = new ArrayList<>();
        for (int i = 0; i < 1024; i++) {
            first.add(held());
        }
        fixture.batcher.behaviour = FakeBatcher::echo;
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
        assertThat(waiting).isEmpty();

        first.forEach(FakeBatcher::echo);

        assertThat(stream.status().isOk()).isTrue();
        assertThat(stream.responses).hasSize(MORE_THAN_ANY_STREAM_TAKES);
    }

    // The answer and the drain meet in any order.
    @RepeatedTest(20)
    void drainingAnswersWhatIsUnderWayAndEndsTheStream() throws Exception {
        fixture.batcher.behaviour = waiting::add;
        Stream stream = open();
        stream.requests.onNext(request("last"));
        Pending last = held();

        CompletableFuture<Boolean> drained = OwnThreads.call(() -> fixture.door.drain(Duration.ofMinutes(2)));
        FakeBatcher.echo(last);

        assertThat(drained).succeedsWithin(Duration.ofMinutes(2)).isEqualTo(true);
        assertThat(stream.next().getInferResponse().getId()).isEqualTo("last");
        assertThat(stream.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(stream.status().getDescription()).isEqualTo("the server is shutting down");
    }
}
