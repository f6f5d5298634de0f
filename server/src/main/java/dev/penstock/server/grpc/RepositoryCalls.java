package dev.penstock.server.grpc;

import com.google.protobuf.Message;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelName;
import dev.penstock.core.ServingException;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.proto.inference.RepositoryModelLoadResponse;
import dev.penstock.proto.inference.RepositoryModelUnloadRequest;
import dev.penstock.proto.inference.RepositoryModelUnloadResponse;
import dev.penstock.server.admin.ModelControl;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;

/// Loads and unloads on a caller's word. Each call waits on a virtual thread of its own, never on an event loop.
final class RepositoryCalls {
    private static final System.Logger LOG = System.getLogger(RepositoryCalls.class.getName());
    private static final int MAX_CALLS = 64;

    /// Clients send it with every unload. Nothing here depends on a model, so either value is granted.
    private static final String UNLOAD_DEPENDENTS = "unload_dependents";

    private final ModelControl control;
    private final Semaphore calls = new Semaphore(MAX_CALLS);

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
        run(() -> control.load(request.getModelName()), RepositoryModelLoadResponse.getDefaultInstance(), observer);
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
        run(() -> control.unload(request.getModelName()), RepositoryModelUnloadResponse.getDefaultInstance(), observer);
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

    private <A extends Message> void run(Runnable change, A done, StreamObserver<A> observer) {
        if (!calls.tryAcquire()) {
            throw new ServingException(
                    ErrorCode.OVERLOADED, MAX_CALLS + " models are being loaded or unloaded already");
        }
        Thread.ofVirtual().name("grpc-repository").start(() -> {
            try {
                change.run();
                observer.onNext(done);
                observer.onCompleted();
            } catch (ServingException e) {
                observer.onError(GrpcErrors.refusal(e));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "changing what is loaded failed", e);
                observer.onError(
                        GrpcErrors.refusal(ErrorCode.INTERNAL, "changing what is loaded failed; see the server's log"));
            } finally {
                calls.release();
            }
        });
    }
}
