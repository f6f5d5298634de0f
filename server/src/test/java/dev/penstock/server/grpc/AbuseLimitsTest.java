package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.digits;
import static dev.penstock.server.grpc.DoorFixture.failureOf;
import static dev.penstock.server.grpc.DoorFixture.input;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.penstock.core.batching.Pending;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@EachTransport
class AbuseLimitsTest {
    private static final int TOO_MANY = 10_001;

    private final DoorFixture fixture;

    AbuseLimitsTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anIdThatIsTooLongToBeRepeatedIsRefused() {
        ModelInferRequest longest = digits().setId("i".repeat(1024)).build();
        ModelInferRequest longer = digits().setId("ü".repeat(513)).build();

        assertThat(fixture.stub.modelInfer(longest).getId()).isEqualTo(longest.getId());
        Status refused = failureOf(() -> fixture.stub.modelInfer(longer)).getStatus();
        assertThat(refused.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused.getDescription()).isEqualTo("'id' has 1026 bytes (expected: at most 1024)");
    }

    @Test
    void aConnectionThatResetsStreamsInAFloodIsClosedAndOthersGoOn() throws Exception {
        LinkedBlockingQueue<Pending> arrived = new LinkedBlockingQueue<>();
        List<Pending> taken = new ArrayList<>();
        fixture.batcher.behaviour = arrived::add;
        ManagedChannel flooder = NettyChannelBuilder.forAddress("127.0.0.1", fixture.door.port())
                .usePlaintext()
                .build();
        CompletableFuture<Throwable> connectionEnd = watch(flooder);

        for (int i = 0; i < 1000 && !connectionEnd.isDone(); i++) {
            ListenableFuture<ModelInferResponse> call =
                    GRPCInferenceServiceGrpc.newFutureStub(flooder).modelInfer(digits().build());
            Pending pending = null;
            while (pending == null && !connectionEnd.isDone()) {
                pending = arrived.poll(10, TimeUnit.MILLISECONDS);
            }
            if (pending != null) {
                taken.add(pending);
            }
            call.cancel(true);
        }

        assertThat(connectionEnd.get(120, TimeUnit.SECONDS)).hasMessageContaining("ENHANCE_YOUR_CALM");
        arrived.drainTo(taken);
        taken.forEach(FakeBatcher::echo);
        fixture.batcher.behaviour = FakeBatcher::echo;
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
        flooder.shutdownNow();
    }

    /// @return how a stream ends that ends only with its connection
    private static CompletableFuture<Throwable> watch(ManagedChannel channel) {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(HealthCheckResponse status) {}

            @Override
            public void onError(Throwable failure) {
                end.complete(failure);
            }

            @Override
            public void onCompleted() {}
        });
        return end;
    }

    static Stream<Arguments> absurdlyMany() {
        ByteString none = ByteString.EMPTY;
        InferParameter.Builder flag = InferParameter.newBuilder().setBoolParam(true);
        ModelInferRequest.Builder parameters = digits();
        ModelInferRequest.Builder nested = digits();
        for (int i = 0; i < TOO_MANY; i++) {
            parameters.putParameters("p" + i, flag.build());
            nested.getInputsBuilder(0).putParameters("p" + i, flag.build());
        }
        long[] dims = new long[65];
        UnknownFieldSet.Field.Builder unknown = UnknownFieldSet.Field.newBuilder();
        nCopies(none).forEach(unknown::addLengthDelimited);
        return Stream.of(
                Arguments.of("'inputs'", digits().addAllInputs(nCopies(InferInputTensor.getDefaultInstance()))),
                Arguments.of("'outputs'", digits().addAllOutputs(nCopies(output()))),
                Arguments.of("'raw_input_contents'", digits().addAllRawInputContents(nCopies(none))),
                Arguments.of("'parameters'", parameters),
                Arguments.of("'parameters'", nested),
                Arguments.of("'shape' of one input", digits().setInputs(0, input("image", "FP32", dims))),
                Arguments.of(
                        "unknown fields",
                        digits().setUnknownFields(UnknownFieldSet.newBuilder()
                                .addField(99, unknown.build())
                                .build())));
    }

    private static <T> List<T> nCopies(T element) {
        return Collections.nCopies(TOO_MANY, element);
    }

    private static InferRequestedOutputTensor output() {
        return InferRequestedOutputTensor.getDefaultInstance();
    }

    @ParameterizedTest
    @MethodSource("absurdlyMany")
    void aMessageOfAbsurdlyManyPartsIsRefusedBeforeTheyAreBuilt(String what, ModelInferRequest.Builder request) {
        StatusRuntimeException failure = failureOf(() -> fixture.stub.modelInfer(request.build()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure.getStatus().getDescription())
                .matches(Pattern.quote(what) + ": (10001|65) elements or more \\(expected: at most (10000|64)\\)");
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
    }

    @Test
    void metadataOverTheLimitFailsItsCallAlone() {
        Metadata large = new Metadata();
        large.put(Metadata.Key.of("large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(17 * 1024));

        StatusRuntimeException failure = failureOf(() -> fixture.stub
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(large))
                .modelInfer(digits().build()));

        assertThat(failure).isNotNull();
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
    }
}
