package dev.penstock.loadtest.stub;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.penstock.proto.inference.ModelMetadataRequest;
import dev.penstock.proto.inference.ModelMetadataResponse;
import dev.penstock.proto.inference.ModelMetadataResponse.TensorMetadata;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// A server on a free port of this machine. Its model `digits` always says 7; any other model is not found.
public final class StubServer extends GRPCInferenceServiceImplBase implements AutoCloseable {
    public final BlockingQueue<ModelInferRequest> requests = new LinkedBlockingQueue<>();
    public volatile boolean silent;
    /// Each inference is a RESOURCE_EXHAUSTED.
    public volatile boolean busy;

    /// Why each inference is an INVALID_ARGUMENT; none is if empty.
    public volatile String complaint = "";
    /// The `x-user-id` of the last call; empty for none.
    public volatile String user = "";

    private final Server server;

    private final class Asked implements ServerInterceptor {
        private static final Metadata.Key<String> USER = Metadata.Key.of("x-user-id", Metadata.ASCII_STRING_MARSHALLER);

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String said = headers.get(USER);
            user = said == null ? "" : said;
            return next.startCall(call, headers);
        }
    }

    public StubServer() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-penstock-request-id", Metadata.ASCII_STRING_MARSHALLER), "stub-1");
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(this)
                    .intercept(MetadataUtils.newAttachMetadataServerInterceptor(headers))
                    .intercept(new Asked())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "grpc://127.0.0.1:" + server.getPort();
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
        if (!request.getName().equals("digits")) {
            observer.onError(notFound(request.getName()));
            return;
        }
        observer.onNext(ModelMetadataResponse.newBuilder()
                .setName("digits")
                .addInputs(tensor("image", "FP32", -1, 4))
                .addInputs(tensor("sex", "BYTES", -1, 1))
                .build());
        observer.onCompleted();
    }

    private static TensorMetadata tensor(String name, String datatype, long... shape) {
        TensorMetadata.Builder tensor =
                TensorMetadata.newBuilder().setName(name).setDatatype(datatype);
        for (long dim : shape) {
            tensor.addShape(dim);
        }
        return tensor.build();
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
        requests.add(request);
        if (silent) {
            return;
        }
        if (busy) {
            observer.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("the queue is full")
                    .asRuntimeException());
            return;
        }
        if (!complaint.isEmpty()) {
            observer.onError(Status.INVALID_ARGUMENT.withDescription(complaint).asRuntimeException());
            return;
        }
        if (!request.getModelName().equals("digits")) {
            observer.onError(notFound(request.getModelName()));
            return;
        }
        ByteBuffer probabilities = ByteBuffer.allocate(20 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 20; i++) {
            probabilities.putFloat(i == 1 ? Float.NaN : i / 4f);
        }
        observer.onNext(ModelInferResponse.newBuilder()
                .setModelName("digits")
                .setModelVersion(request.getModelVersion().isEmpty() ? "2" : request.getModelVersion())
                .setId(request.getId())
                .addOutputs(output("label", "INT64", 1))
                .addRawOutputContents(ByteString.copyFrom(new byte[] {7, 0, 0, 0, 0, 0, 0, 0}))
                .addOutputs(output("probabilities", "FP32", 2, 10))
                .addRawOutputContents(ByteString.copyFrom(probabilities.flip()))
                .build());
        observer.onCompleted();
    }

    private static InferOutputTensor output(String name, String datatype, long... shape) {
        InferOutputTensor.Builder output =
                InferOutputTensor.newBuilder().setName(name).setDatatype(datatype);
        for (long dim : shape) {
            output.addShape(dim);
        }
        return output.build();
    }

    private static RuntimeException notFound(String model) {
        return Status.NOT_FOUND
                .withDescription("Request for unknown model: '" + model + "' is not found")
                .asRuntimeException();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
