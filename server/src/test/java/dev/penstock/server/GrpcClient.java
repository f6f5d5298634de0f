package dev.penstock.server;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A stock gRPC client of one gateway.
final class GrpcClient implements AutoCloseable {
    private final ManagedChannel channel;

    private GrpcClient(ManagedChannel channel) {
        this.channel = channel;
    }

    static GrpcClient of(RunningGateway gateway) {
        int port = gateway.addresses().grpc().port();
        return new GrpcClient(
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
    }

    ManagedChannel channel() {
        return channel;
    }

    GRPCInferenceServiceBlockingStub stub() {
        return GRPCInferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    static InferInputTensor input(String name, String type, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName(name).setDatatype(type);
        for (long dim : shape) {
            input.addShape(dim);
        }
        return input.build();
    }

    static ByteString floats(float... values) {
        ByteBuffer raw = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        return ByteString.copyFrom(raw.flip());
    }

    static ByteString longs(long... values) {
        ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            raw.putLong(value);
        }
        return ByteString.copyFrom(raw.flip());
    }

    /// One raw output, to be read as little-endian values.
    static ByteBuffer raw(ModelInferResponse response, String output) {
        List<ModelInferResponse.InferOutputTensor> outputs = response.getOutputsList();
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).getName().equals(output)) {
                return response.getRawOutputContents(i).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            }
        }
        throw new AssertionError("no output " + output + " in " + outputs);
    }

    static ModelInferRequest.Builder request(String model) {
        return ModelInferRequest.newBuilder().setModelName(model);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
