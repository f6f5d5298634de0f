package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelConfigRequest;
import dev.penstock.proto.inference.ModelConfigResponse;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelMetadataRequest;
import dev.penstock.proto.inference.ModelMetadataResponse;
import dev.penstock.proto.inference.ModelReadyRequest;
import dev.penstock.proto.inference.ModelReadyResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.proto.inference.RepositoryIndexRequest;
import dev.penstock.proto.inference.RepositoryIndexResponse;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.proto.inference.RepositoryModelLoadResponse;
import dev.penstock.proto.inference.RepositoryModelUnloadRequest;
import dev.penstock.proto.inference.RepositoryModelUnloadResponse;
import dev.penstock.proto.inference.ServerLiveRequest;
import dev.penstock.proto.inference.ServerLiveResponse;
import dev.penstock.proto.inference.ServerMetadataRequest;
import dev.penstock.proto.inference.ServerMetadataResponse;
import dev.penstock.proto.inference.ServerReadyRequest;
import dev.penstock.proto.inference.ServerReadyResponse;
import dev.penstock.router.Router;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallWatch;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The protocol's methods. They run on the event loops and never block. A [ServingException] they throw is the
/// call's answer; methods that are not here answer UNIMPLEMENTED.
final class InferenceService extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
    private final Router router;
    private final RequestDecoder decoder;
    private final ModelAnswers models;
    private final RepositoryCalls repository;
    private final BooleanSupplier serving;
    private final ServerMetadataResponse metadata;
    private final @Nullable CallWatch watch;

    /// @param serving whether the door still wants traffic
    /// @param watch who wants to know of calls, or null
    InferenceService(
            Router router,
            RequestDecoder decoder,
            ModelAnswers models,
            RepositoryCalls repository,
            BooleanSupplier serving,
            ServerMetadataResponse metadata,
            @Nullable CallWatch watch) {
        this.watch = watch;
        this.router = router;
        this.decoder = decoder;
        this.models = models;
        this.repository = repository;
        this.serving = serving;
        this.metadata = metadata;
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
        Exposure exposure = Exposure.current();
        exposure.requestId(request.getId());
        exposure.asked(request.getModelName(), request.getModelVersion());
        // What grpc-java hands to a service is always one of these.
        ServerCallStreamObserver<ModelInferResponse> call = (ServerCallStreamObserver<ModelInferResponse>) observer;
        ReplySink sink = new InferSink(request, exposure, call);
        ObservedCall observed = watch == null ? null : ObservedCall.of(watch, CallKind.GRPC, request, exposure, sink);
        if (observed == null) {
            infer(request, exposure, sink);
        } else {
            observed(observed, request, exposure);
        }
    }

    private void observed(ObservedCall observed, ModelInferRequest request, Exposure exposure) {
        try {
            infer(request, exposure, observed);
        } catch (ServingException e) {
            observed.refused(e.code());
            throw e;
        } catch (RuntimeException | Error e) {
            // Whoever called this answers it so.
            observed.refused(ErrorCode.INTERNAL);
            throw e;
        }
    }

    private void infer(ModelInferRequest request, Exposure exposure, ReplySink sink) {
        InferenceRequest decoded =
                decoder.decode(request, Context.current().getDeadline()).by(exposure.caller());
        router.infer(decoded, sink);
    }

    @Override
    public StreamObserver<ModelInferRequest> modelStreamInfer(StreamObserver<ModelStreamInferResponse> observer) {
        return InferStream.start(router, decoder, watch, (ServerCallStreamObserver<ModelStreamInferResponse>) observer);
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
        answer(observer, ServerLiveResponse.newBuilder().setLive(true).build());
    }

    @Override
    public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
        boolean ready = serving.getAsBoolean() && models.serverReady();
        answer(observer, ServerReadyResponse.newBuilder().setReady(ready).build());
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
        Exposure.current().asked(request.getName(), request.getVersion());
        boolean ready = models.ready(request.getName(), request.getVersion());
        answer(observer, ModelReadyResponse.newBuilder().setReady(ready).build());
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
        answer(observer, metadata);
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
        expose(request.getName(), request.getVersion());
        answer(observer, models.metadata(request.getName(), request.getVersion()));
    }

    @Override
    public void modelConfig(ModelConfigRequest request, StreamObserver<ModelConfigResponse> observer) {
        expose(request.getName(), request.getVersion());
        answer(observer, models.config(request.getName(), request.getVersion()));
    }

    @Override
    public void repositoryIndex(RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> observer) {
        RepositoryCalls.checkRepository(request.getRepositoryName());
        answer(observer, models.index(request.getReady()));
    }

    @Override
    public void repositoryModelLoad(
            RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> observer) {
        Exposure.current().model(request.getModelName());
        repository.load(request, observer);
    }

    @Override
    public void repositoryModelUnload(
            RepositoryModelUnloadRequest request, StreamObserver<RepositoryModelUnloadResponse> observer) {
        Exposure.current().model(request.getModelName());
        repository.unload(request, observer);
    }

    private void expose(String model, String version) {
        Exposure.current().asked(model, version);
        Exposure.current().version(models.version(model, version));
    }

    private static <A> void answer(StreamObserver<A> observer, A value) {
        observer.onNext(value);
        observer.onCompleted();
    }
}
