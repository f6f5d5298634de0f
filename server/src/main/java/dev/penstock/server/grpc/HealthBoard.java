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

/// What `grpc.health.v1` answers: for the server as a whole, and for each model by its name. Thread-safe.
final class HealthBoard {
    private final Catalog catalog;
    private final HealthStatusManager statuses = new HealthStatusManager();
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private Map<String, Boolean> shown = Map.of();

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
        // Reading is under the lock too: of two refreshes the later one must win.
        lock.lock();
        try {
            if (serving) {
                show(read());
            }
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

    private Map<String, Boolean> read() {
        Map<String, Boolean> ready = new HashMap<>();
        for (ModelStatus model : catalog.models()) {
            ready.put(model.name(), model.standard() != null);
        }
        ready.put(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, catalog.ready());
        ready.put(GRPCInferenceServiceGrpc.SERVICE_NAME, catalog.ready());
        return ready;
    }

    @GuardedBy("lock")
    private void show(Map<String, Boolean> ready) {
        Set<String> gone = new HashSet<>(shown.keySet());
        gone.removeAll(ready.keySet());
        gone.forEach(statuses::clearStatus);
        ready.forEach((name, isReady) -> {
            if (!isReady.equals(shown.get(name))) {
                statuses.setStatus(name, isReady ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
            }
        });
        shown = ready;
    }
}
