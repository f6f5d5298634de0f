package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.ModelControl;
import dev.penstock.server.admin.ModelControlMode;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Loads and unloads models of a repository as callers ask for it, where that is allowed. Thread-safe; waits
/// for the loader thread.
final class ExplicitControl implements ModelControl {
    private final RegistrySettings settings;
    private final ServingSet serving;
    private final @Nullable RegisteredModels registered;
    private final LoaderThread loaderThread;
    private final Runnable refuseIfStopping;

    /// @param registered null if there is no record
    ExplicitControl(
            RegistrySettings settings,
            ServingSet serving,
            @Nullable RegisteredModels registered,
            LoaderThread loaderThread,
            Runnable refuseIfStopping) {
        this.settings = settings;
        this.serving = serving;
        this.registered = registered;
        this.loaderThread = loaderThread;
        this.refuseIfStopping = refuseIfStopping;
    }

    @Override
    public void load(String model) {
        refuseUnlessExplicit();
        String failure = loaderThread.call(() -> loadNow(model));
        if (!failure.isEmpty()) {
            throw new ServingException(ErrorCode.MODEL_FAILED, "failed to load '" + model + "', " + failure);
        }
    }

    private String loadNow(String model) {
        refuseIfStopping.run();
        ModelFolder folder = settings.repository().read(model);
        if (folder == null && isRegistered(model)) {
            boolean serves = serving.table().entry(model).serves();
            return serves ? "" : "it is registered, and its versions are loaded by the admin API";
        }
        if (folder == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND, "failed to load '" + model + "', failed to poll from model repository");
        }
        return serving.load(folder).problem();
    }

    @Override
    public void unload(String model) {
        refuseUnlessExplicit();
        CompletableFuture<Void> gone = loaderThread.call(() -> unloadNow(model));
        LoaderThread.await(gone);
    }

    private CompletableFuture<Void> unloadNow(String model) {
        refuseIfStopping.run();
        if (!serving.table().snapshot().models().contains(model)) {
            throw new ServingException(ErrorCode.NOT_FOUND, "Request for unknown model: '" + model + "' is not found");
        }
        if (isRegistered(model)) {
            throw new ServingException(
                    ErrorCode.UNSUPPORTED,
                    "model '" + model + "' is registered: the admin API takes its versions out of service");
        }
        serving.stopAwaiting(model);
        return serving.departures().unload(model);
    }

    private boolean isRegistered(String model) {
        return registered != null
                && registered.knows(model)
                && settings.repository().read(model) == null;
    }

    private void refuseUnlessExplicit() {
        if (settings.mode() != ModelControlMode.EXPLICIT) {
            throw new ServingException(
                    ErrorCode.NOT_READY,
                    "explicit model load / unload is not allowed if polling is enabled or models are fixed at the start (expected: --model-control-mode=explicit)");
        }
    }
}
