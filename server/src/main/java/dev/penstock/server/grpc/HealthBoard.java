package dev.penstock.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelStatus;
import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What `grpc.health.v1` answers: for the server as a whole, and for each model by its name. Thread-safe.
final class HealthBoard {
    /// What stands for the server as a whole, whatever models are named.
    private static final Set<String> SERVERS =
            Set.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, GRPCInferenceServiceGrpc.SERVICE_NAME);

    private final Catalog catalog;
    private final HealthStatusManager statuses = new HealthStatusManager();
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, Boolean> shown = new HashMap<>();

    /// Written under `lock`, read without.
    private volatile boolean serving = true;

    HealthBoard(Catalog catalog) {
        this.catalog = catalog;
        refresh();
    }

    BindableService service() {
        return statuses.getHealthService();
    }

    boolean serving() {
        return serving;
    }

    /// Looks at the catalog anew and tells those who watch.
    void refresh() {
        refresh("");
    }

    /// The same, where only one model changed.
    ///
    /// @param model "" if it may be any
    void refresh(String model) {
        // Reading is under the lock too: of two refreshes the later one must win.
        lock.lock();
        try {
            if (!serving) {
                return;
            }
            if (model.isEmpty()) {
                showAll();
            } else {
                show(catalog.model(model), model);
            }
            show(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, catalog.ready());
            show(GRPCInferenceServiceGrpc.SERVICE_NAME, catalog.ready());
        } finally {
            lock.unlock();
        }
    }

    /// Nothing serves any more, whatever the catalog says from here on.
    void stopServing() {
        lock.lock();
        try {
            if (serving) {
                serving = false;
                statuses.enterTerminalState();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void showAll() {
        Set<String> gone = new HashSet<>(shown.keySet());
        gone.removeAll(SERVERS);
        for (ModelStatus model : catalog.models()) {
            gone.remove(model.name());
            show(model, model.name());
        }
        gone.forEach(name -> show(null, name));
    }

    @GuardedBy("lock")
    private void show(@Nullable ModelStatus model, String name) {
        if (SERVERS.contains(name)) {
            return;
        }
        if (model != null) {
            show(name, model.standard() != null);
        } else if (shown.remove(name) != null) {
            statuses.clearStatus(name);
        }
    }

    @GuardedBy("lock")
    private void show(String name, boolean ready) {
        Boolean before = shown.put(name, ready);
        if (before == null || before != ready) {
            statuses.setStatus(name, ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
        }
    }
}
