package dev.penstock.loadtest.engine;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A server of another make. What it does with a request is said by the model's name.
final class InferServer extends GRPCInferenceServiceImplBase implements AutoCloseable {
    static final String ECHO = "echo";
    static final String SILENT = "silent";
    static final String GATED = "gated";

    /// Goes on with the code of a status.
    static final String FAILING = "status-";

    final Queue<Metadata> headers = new ConcurrentLinkedQueue<>();
    final Queue<String> ids = new ConcurrentLinkedQueue<>();
    /// What happens when a unary call comes, before it is answered.
    volatile Runnable served = () -> {};

    final AtomicInteger withDeadline = new AtomicInteger();

    /// Requests to the gated model wait for it.
    final CountDownLatch opened = new CountDownLatch(1);

    private final Server server;

    InferServer() {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(ServerInterceptors.intercept(this, new Keeper()))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class Keeper implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            headers.add(metadata);
            return next.startCall(call, metadata);
        }
    }

    static ModelInferRequest request(String model, int rawBytes) {
        return request(model, "id", rawBytes);
    }

    static ModelInferRequest request(String model, String id, int rawBytes) {
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .setId(id)
                .addRawInputContents(ByteString.copyFrom(new byte[rawBytes]))
                .build();
    }

    static ModelInferResponse answer(ModelInferRequest request) {
        return ModelInferResponse.newBuilder()
                .setModelName(request.getModelName())
                .setId(request.getId())
                .addAllRawOutputContents(request.getRawInputContentsList())
                .build();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
        ids.add(request.getId());
        if (Context.current().getDeadline() != null) {
            withDeadline.incrementAndGet();
        }
        served.run();
        String model = request.getModelName();
        if (model.equals(SILENT)) {
            return;
        }
        if (model.startsWith(FAILING)) {
            int code = Integer.parseInt(model.substring(FAILING.length()));
            observer.onError(
                    Status.fromCodeValue(code).withDescription("as asked").asRuntimeException());
            return;
        }
        if (model.equals(GATED)) {
            awaitOpened();
        }
        observer.onNext(answer(request));
        observer.onCompleted();
    }

    private void awaitOpened() {
        try {
            opened.await();
        } catch (InterruptedException e) {
            throw Status.CANCELLED.withCause(e).asRuntimeException();
        }
    }

    @Override
    public StreamObserver<ModelInferRequest> modelStreamInfer(StreamObserver<ModelStreamInferResponse> observer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ModelInferRequest request) {
                ids.add(request.getId());
                switch (request.getModelName()) {
                    case SILENT -> {}
                    case ECHO ->
                        observer.onNext(ModelStreamInferResponse.newBuilder()
                                .setInferResponse(answer(request))
                                .build());
                    case "end" -> observer.onCompleted();
                    default ->
                        observer.onNext(ModelStreamInferResponse.newBuilder()
                                .setErrorMessage("no such model")
                                .build());
                }
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                observer.onCompleted();
            }
        };
    }

    @Override
    public void close() {
        opened.countDown();
        server.shutdownNow();
    }
}
