package dev.penstock.peer;

import ai.onnxruntime.OrtException;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.util.Map;

/// ModelInfer and ModelStreamInfer. Thread-safe.
final class StockService extends GRPCInferenceServiceImplBase {
    private final Map<String, StockModel> models;

    StockService(Map<String, StockModel> models) {
        this.models = Map.copyOf(models);
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
        try {
            observer.onNext(infer(request));
            observer.onCompleted();
        } catch (StatusException e) {
            observer.onError(e);
        }
    }

    @Override
    public StreamObserver<ModelInferRequest> modelStreamInfer(StreamObserver<ModelStreamInferResponse> observer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ModelInferRequest request) {
                ModelStreamInferResponse.Builder response = ModelStreamInferResponse.newBuilder();
                try {
                    response.setInferResponse(infer(request));
                } catch (StatusException e) {
                    response.setErrorMessage(String.valueOf(e.getStatus().getDescription()));
                }
                observer.onNext(response.build());
            }

            @Override
            public void onError(Throwable cause) {
                // The caller is gone, and with it the stream.
            }

            @Override
            public void onCompleted() {
                observer.onCompleted();
            }
        };
    }

    private ModelInferResponse infer(ModelInferRequest request) throws StatusException {
        StockModel model = models.get(request.getModelName());
        if (model == null) {
            throw Status.NOT_FOUND
                    .withDescription("no model '" + request.getModelName() + "'")
                    .asException();
        }
        try {
            return model.infer(request);
        } catch (IllegalArgumentException e) {
            throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException();
        } catch (OrtException e) {
            throw Status.INTERNAL.withDescription(e.getMessage()).asException();
        }
    }
}
