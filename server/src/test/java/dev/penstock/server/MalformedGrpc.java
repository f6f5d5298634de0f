package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;

/// Sends wrong calls over one gRPC connection: well-formed messages with wrong content, and mutated bytes.
final class MalformedGrpc {
    /// What a caller's mistake may be answered with.
    private static final Set<Status.Code> ANSWERS = Set.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.UNIMPLEMENTED,
            Status.Code.RESOURCE_EXHAUSTED);

    private static final MethodDescriptor<byte[], ModelInferResponse> RAW =
            GRPCInferenceServiceGrpc.getModelInferMethod().toBuilder(
                            new Bytes(),
                            GRPCInferenceServiceGrpc.getModelInferMethod().getResponseMarshaller())
                    .build();

    private final RunningGateway gateway;
    private final Random random;

    MalformedGrpc(RunningGateway gateway, Random random) {
        this.gateway = gateway;
        this.random = random;
    }

    void send(int count) {
        try (GrpcClient client = GrpcClient.of(gateway)) {
            for (int i = 0; i < count; i++) {
                if (i % 500 == 0) {
                    assertThat(isAnsweredWell(client)).isTrue();
                }
                if (random.nextInt(3) == 0) {
                    sendMutated(client, i);
                } else {
                    sendWrong(client, i);
                }
            }
        }
    }

    static boolean isAnsweredWell(GrpcClient client) {
        ModelInferResponse response = client.stub()
                .modelInfer(GrpcClient.request("add")
                        .addInputs(GrpcClient.input("a", "FP32", 1, 2))
                        .addInputs(GrpcClient.input("b", "FP32", 1, 2))
                        .addRawInputContents(GrpcClient.floats(1, 2))
                        .addRawInputContents(GrpcClient.floats(10, 20))
                        .build());
        return response.getRawOutputContents(0).equals(GrpcClient.floats(11, 22));
    }

    /// A call, and what it must be answered with.
    private record Wrong(ModelInferRequest request, Status.Code code, String word) {}

    private void sendWrong(GrpcClient client, int number) {
        Wrong wrong = wrong();
        try {
            ModelInferResponse response = client.stub().modelInfer(wrong.request());
            throw new AssertionError("call %d was answered: %s -> %s".formatted(number, wrong, response));
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).as("call %d: %s", number, wrong).isEqualTo(wrong.code());
            assertThat(e.getStatus().getDescription())
                    .as("call %d: %s", number, wrong)
                    .contains(wrong.word());
        }
    }

    private Wrong wrong() {
        ModelInferRequest.Builder request = GrpcClient.request("tiny")
                .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                .addRawInputContents(GrpcClient.floats(1, 2, 3, 4));
        if (random.nextInt(15) == 0) {
            return new Wrong(request.setModelName(text()).build(), Status.Code.NOT_FOUND, "unknown model");
        }
        String word = random.nextBoolean() ? spoilTensors(request) : spoilContents(request);
        return new Wrong(request.build(), Status.Code.INVALID_ARGUMENT, word);
    }

    /// @return a word that the refusal must have
    private String spoilTensors(ModelInferRequest.Builder request) {
        InferInputTensor.Builder input = request.getInputsBuilder(0);
        switch (random.nextInt(8)) {
            case 0 -> {
                request.setModelVersion(text() + "x");
                return "version";
            }
            case 1 -> {
                request.clearInputs();
                return "raw_input_contents";
            }
            case 2 -> {
                request.addInputs(input.build()).addRawInputContents(request.getRawInputContents(0));
                return "duplicate inference input 'x'";
            }
            case 3 -> {
                input.setName(text() + "y");
                return "unexpected inference input";
            }
            case 4 -> {
                input.setDatatype(wrongType());
                return "data-type";
            }
            case 5 -> input.setShape(0, random.nextLong()).setShape(1, random.nextLong());
            case 6 -> input.setShape(0, -1);
            default -> request.setInputs(0, GrpcClient.input("x", "FP32", new long[random.nextInt(40) + 3]));
        }
        return "input 'x'";
    }

    /// @return a word that the refusal must have
    private String spoilContents(ModelInferRequest.Builder request) {
        switch (random.nextInt(6)) {
            case 0 -> request.setRawInputContents(0, bytes(16 + 1 + random.nextInt(40)));
            case 1 -> request.setRawInputContents(0, bytes(random.nextInt(16)));
            case 2 -> request.clearRawInputContents();
            case 3 -> {
                request.getInputsBuilder(0).getContentsBuilder().addFp32Contents(1);
                return "contents field";
            }
            case 4 -> {
                request.addOutputsBuilder().setName(text() + "z");
                return "unexpected inference output";
            }
            default -> {
                request.setModelName("words")
                        .setInputs(0, GrpcClient.input("x", "BYTES", 1))
                        .setRawInputContents(0, ByteString.copyFrom(new byte[] {9, 0, 0, 0, 1}));
                return "element 0 of input 'x'";
            }
        }
        return "unexpected size";
    }

    private void sendMutated(GrpcClient client, int number) {
        byte[] message = GrpcClient.request("tiny")
                .setId("mutated")
                .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                .build()
                .toByteArray();
        byte[] sent = Arrays.copyOf(message, 1 + random.nextInt(message.length));
        for (int flips = random.nextInt(4); flips >= 0; flips--) {
            sent[random.nextInt(sent.length)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
            // Some mutations are still right: a changed pixel, say. Those may be answered.
            ModelInferResponse response =
                    ClientCalls.blockingUnaryCall(client.channel(), RAW, CallOptions.DEFAULT, sent);
            assertThat(response.getModelName()).isEqualTo("tiny");
            assertThat(response.getOutputsCount()).isEqualTo(response.getRawOutputContentsCount());
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode())
                    .as("mutation %d: %s, %s", number, HexFormat.of().formatHex(sent), e.getStatus())
                    .isIn(ANSWERS);
        }
    }

    private String wrongType() {
        String[] types = {"", "FP64", "INT64", "BYTES", "fp32", "FLOAT", "FP16", text()};
        String type = types[random.nextInt(types.length)];
        return type.equals("FP32") ? "" : type;
    }

    private String text() {
        String[] texts = {
            "",
            "..",
            "../tiny",
            "/etc/passwd",
            "tiny/1",
            "%2e%2e",
            "\0",
            "a\nb",
            "ünïcödé",
            "-1",
            "0",
            "1e3",
            "x".repeat(5_000)
        };
        return texts[random.nextInt(texts.length)];
    }

    private ByteString bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /// Sends bytes as they are.
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
