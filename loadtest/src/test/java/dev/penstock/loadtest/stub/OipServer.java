package dev.penstock.loadtest.stub;

import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import dev.penstock.proto.inference.InferBatchStatistics;
import dev.penstock.proto.inference.InferStatistics;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelMetadataRequest;
import dev.penstock.proto.inference.ModelMetadataResponse;
import dev.penstock.proto.inference.ModelReadyRequest;
import dev.penstock.proto.inference.ModelReadyResponse;
import dev.penstock.proto.inference.ModelStatistics;
import dev.penstock.proto.inference.ModelStatisticsRequest;
import dev.penstock.proto.inference.ModelStatisticsResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.proto.inference.ServerMetadataRequest;
import dev.penstock.proto.inference.ServerMetadataResponse;
import dev.penstock.proto.inference.StatisticDuration;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// A second implementation of the Open Inference Protocol, by grpc-java and the JDK's HTTP server, on free ports
/// of this machine. Its models are `sum` (x FP32[-1,4] to y FP32[-1,1]), `types` (an input of each datatype,
/// answered as sent), `text` (ids and mask INT64[-1,-1], likewise) and `asleep`, which is not ready. Answers say
/// `x-penstock-version`, which is 1 unless the request names another, and `x-penstock-arm`, of four in turn three
/// times `stable` and once `canary`; those of a gRPC stream once, with the first.
public final class OipServer extends GRPCInferenceServiceImplBase implements AutoCloseable {
    static final long QUEUE_NANOS = 20_000;
    static final long COMPUTE_NANOS = 300_000;

    /// Answers by gRPC have typed contents.
    public volatile boolean typed;

    /// The statistics extension is not there.
    public volatile boolean withoutStatistics;

    final StubModels models = new StubModels();
    private final AtomicLong calls = new AtomicLong();
    private final Server server;
    private final OipRest rest;

    public OipServer() {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(this)
                    .intercept(new Arms())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        rest = new OipRest(this);
    }

    public String grpcUrl() {
        return "grpc://127.0.0.1:" + server.getPort();
    }

    public String httpUrl() {
        return "http://127.0.0.1:" + rest.port();
    }

    /// The next so many answers of `sum` are one too high.
    public void answerWrong(int count) {
        models.wrong.set(count);
    }

    public long answered() {
        return models.answered.get();
    }

    String nextArm() {
        return calls.incrementAndGet() % 4 == 0 ? "canary" : "stable";
    }

    private final class Arms implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            if (!call.getMethodDescriptor().getFullMethodName().endsWith("Infer")) {
                return next.startCall(call, metadata);
            }
            // Headers go out with the first answer, when a request has said which version it wants.
            AtomicReference<String> version = new AtomicReference<>("");
            ServerCall<Q, A> named = new SimpleForwardingServerCall<>(call) {
                @Override
                public void sendHeaders(Metadata headers) {
                    put(headers, "x-penstock-version", StubModels.version(version.get()));
                    put(headers, "x-penstock-arm", nextArm());
                    super.sendHeaders(headers);
                }
            };
            return new SimpleForwardingServerCallListener<>(next.startCall(named, metadata)) {
                @Override
                public void onMessage(Q request) {
                    if (request instanceof ModelInferRequest infer) {
                        version.set(infer.getModelVersion());
                    }
                    super.onMessage(request);
                }
            };
        }

        private static void put(Metadata headers, String name, String value) {
            headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        }
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
        ServerMetadataResponse.Builder answer =
                ServerMetadataResponse.newBuilder().setName("oip-stub").setVersion("1.2");
        if (!withoutStatistics) {
            answer.addExtensions("statistics");
        }
        answer(observer, answer.build());
    }

    private static <A> void answer(StreamObserver<A> observer, A answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
        if (StubModels.has(request.getName())) {
            answer(observer, StubModels.metadata(request.getName()));
        } else {
            observer.onError(unknown(request.getName()));
        }
    }

    private static RuntimeException unknown(String model) {
        return Status.NOT_FOUND
                .withDescription("Request for unknown model: '" + model + "' is not found")
                .asRuntimeException();
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
        boolean ready = StubModels.has(request.getName()) && !request.getName().equals(StubModels.ASLEEP);
        answer(observer, ModelReadyResponse.newBuilder().setReady(ready).build());
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
        if (StubModels.has(request.getModelName())) {
            answer(observer, models.answer(request, typed));
        } else {
            observer.onError(unknown(request.getModelName()));
        }
    }

    @Override
    public StreamObserver<ModelInferRequest> modelStreamInfer(StreamObserver<ModelStreamInferResponse> observer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ModelInferRequest request) {
                observer.onNext(
                        StubModels.has(request.getModelName())
                                ? ModelStreamInferResponse.newBuilder()
                                        .setInferResponse(models.answer(request, typed))
                                        .build()
                                : ModelStreamInferResponse.newBuilder()
                                        .setErrorMessage("unknown model")
                                        .build());
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
    public void modelStatistics(ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> observer) {
        if (withoutStatistics) {
            observer.onError(Status.UNIMPLEMENTED.asRuntimeException());
        } else {
            answer(observer, statistics());
        }
    }

    /// Every request was a run of its own; `sum` and all others together.
    private ModelStatisticsResponse statistics() {
        long count = models.answered.get();
        StatisticDuration compute = duration(count, COMPUTE_NANOS);
        return ModelStatisticsResponse.newBuilder()
                .addModelStats(ModelStatistics.newBuilder()
                        .setName("sum")
                        .setVersion("1")
                        .setInferenceCount(models.rows.get())
                        .setExecutionCount(count)
                        .setInferenceStats(InferStatistics.newBuilder()
                                .setQueue(duration(count, QUEUE_NANOS))
                                .setComputeInfer(compute))
                        .addBatchStats(InferBatchStatistics.newBuilder()
                                .setBatchSize(2)
                                .setComputeInfer(compute)))
                .build();
    }

    private static StatisticDuration duration(long count, long nanosEach) {
        return StatisticDuration.newBuilder()
                .setCount(count)
                .setNs(count * nanosEach)
                .build();
    }

    @Override
    public void close() {
        rest.close();
        server.shutdownNow();
    }
}
