package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelName;
import dev.penstock.core.ServingException;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.proto.inference.RepositoryModelLoadResponse;
import dev.penstock.proto.inference.RepositoryModelUnloadRequest;
import dev.penstock.proto.inference.RepositoryModelUnloadResponse;
import dev.penstock.server.admin.ModelControl;
import dev.penstock.server.upload.Places;
import io.grpc.stub.StreamObserver;

/// Loads and unloads on a caller's word. Each call waits on a virtual thread of its own, never on an event
/// loop.
final class RepositoryCalls {
    private static final int MAX_CALLS = 64;

    /// Clients send it with every unload. Nothing here depends on a model, so either value is granted.
    private static final String UNLOAD_DEPENDENTS = "unload_dependents";

    private final ModelControl control;
    private final WaitingCalls calls = new WaitingCalls("changing what is loaded", new Places(MAX_CALLS));

    RepositoryCalls(ModelControl control) {
        this.control = control;
    }

    /// @throws ServingException if the request asks for what cannot be done
    void load(RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> observer) {
        checkRepository(request.getRepositoryName());
        checkName(request.getModelName());
        for (String parameter : request.getParametersMap().keySet()) {
            throw unsupported(parameter, "loading");
        }
        calls.answer(observer, () -> {
            control.load(request.getModelName());
            return RepositoryModelLoadResponse.getDefaultInstance();
        });
    }

    /// @throws ServingException if the request asks for what cannot be done
    void unload(RepositoryModelUnloadRequest request, StreamObserver<RepositoryModelUnloadResponse> observer) {
        checkRepository(request.getRepositoryName());
        checkName(request.getModelName());
        for (String parameter : request.getParametersMap().keySet()) {
            if (!parameter.equals(UNLOAD_DEPENDENTS)) {
                throw unsupported(parameter, "unloading");
            }
        }
        calls.answer(observer, () -> {
            control.unload(request.getModelName());
            return RepositoryModelUnloadResponse.getDefaultInstance();
        });
    }

    static void checkRepository(String name) {
        if (!name.isEmpty()) {
            throw new ServingException(ErrorCode.UNSUPPORTED, "'repository_name' specification is not supported");
        }
    }

    private static void checkName(String model) {
        if (!ModelName.isValid(model)) {
            throw ServingException.invalid("model_name '" + model
                    + "' is no model's name (expected: 1 to 255 bytes without '/', '\\', '@' and control characters)");
        }
    }

    private static ServingException unsupported(String parameter, String what) {
        return new ServingException(
                ErrorCode.UNSUPPORTED, "parameter '" + parameter + "' of " + what + " a model is not supported");
    }
}
