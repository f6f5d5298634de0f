package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.digits;
import static dev.penstock.server.grpc.DoorFixture.input;
import static dev.penstock.server.grpc.DoorFixture.value;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.penstock.core.batching.Pending;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What requests and answers may hold together.
@EachTransport
class InFlightBudgetTest {
    private static final int LARGE = 900_000;

    /// What the budget has room for; one less where a message that grows needs room for its copy.
    private static final int MOST_HELD = 4;

    private final DoorFixture fixture;

    InFlightBudgetTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static ModelInferRequest request(int bytes) {
        return ModelInferRequest.newBuilder()
                .setModelName("echo-UINT8")
                .addInputs(input("x", "UINT8", bytes))
                .addRawInputContents(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    /// @param ended gets the call when it has failed or was answered
    private ListenableFuture<ModelInferResponse> sent(Queue<Object> ended) {
        ListenableFuture<ModelInferResponse> call =
                GRPCInferenceServiceGrpc.newFutureStub(fixture.channel).modelInfer(request(LARGE));
        call.addListener(() -> ended.add(call), Runnable::run);
        return call;
    }

    private static StatusRuntimeException failureOf(ListenableFuture<ModelInferResponse> call) {
        ExecutionException failure = catchThrowableOfType(ExecutionException.class, call::get);
        return (StatusRuntimeException) requireNonNull(failure.getCause());
    }

    @Test
    void whatDoesNotFitIsToldTheBytesTheLimitAndToComeBack() throws Exception {
        LinkedBlockingQueue<Object> events = new LinkedBlockingQueue<>();
        fixture.batcher.behaviour = events::add;
        List<ListenableFuture<ModelInferResponse>> calls = new ArrayList<>();
        List<Pending> held = new ArrayList<>();
        ListenableFuture<ModelInferResponse> refused = sent(events);
        while (events.poll(120, TimeUnit.SECONDS) instanceof Pending pending) {
            held.add(pending);
            calls.add(refused);
            refused = sent(events);
        }
        StatusRuntimeException refusal = failureOf(refused);

        assertThat(held).hasSizeBetween(MOST_HELD - 1, MOST_HELD);
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refusal.getStatus().getDescription())
                .matches("the server holds \\d+ bytes of requests and answers and has no room for \\d+ more "
                        + "\\(expected: at most 4194304 together, the setting in-flight.max-bytes\\); try again later");
        assertThat(value(refusal.getTrailers(), "grpc-retry-pushback-ms")).isEqualTo("100");
        assertThat(value(refusal.getTrailers(), "x-penstock-request-id")).isNotEmpty();

        fixture.batcher.behaviour = FakeBatcher::echo;
        held.forEach(FakeBatcher::echo);
        for (ListenableFuture<ModelInferResponse> call : calls) {
            assertThat(call.get(120, TimeUnit.SECONDS).getRawOutputContents(0).size())
                    .isEqualTo(LARGE);
        }
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
    }

    @Test
    void aStreamGivesBackWhatItsAnsweredRequestsHeld() throws Exception {
        LinkedBlockingQueue<ModelStreamInferResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<ModelInferRequest> stream =
                GRPCInferenceServiceGrpc.newStub(fixture.channel).modelStreamInfer(into(answers));
        for (int i = 0; i < 12; i++) {
            stream.onNext(request(LARGE));
            ModelStreamInferResponse answer = answers.poll(120, TimeUnit.SECONDS);

            assertThat(answer).as("answer %d", i).isNotNull();
            assertThat(answer.getErrorMessage()).isEmpty();
        }
        stream.onCompleted();
    }

    private static StreamObserver<ModelStreamInferResponse> into(LinkedBlockingQueue<ModelStreamInferResponse> queue) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ModelStreamInferResponse answer) {
                queue.add(answer);
            }

            @Override
            public void onError(Throwable failure) {
                queue.add(ModelStreamInferResponse.newBuilder()
                        .setErrorMessage(failure.toString())
                        .build());
            }

            @Override
            public void onCompleted() {}
        };
    }
}
