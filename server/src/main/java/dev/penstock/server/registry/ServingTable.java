package dev.penstock.server.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.router.RouteTable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// The one variable by which all see what serves: a whole snapshot at a time. Any thread may read it and change
/// what is no model's entry; those are the loader thread's.
final class ServingTable {
    private final Consumer<RouteTable> routes;
    private final Consumer<String> changed;
    private final ReentrantLock changing = new ReentrantLock();

    /// Read by all.
    @GuardedBy("changing")
    private volatile Snapshot snapshot = Snapshot.EMPTY;

    /// @param routes gets every new table
    /// @param changed told after every change of the model that changed, or "" if it may be any
    ServingTable(Consumer<RouteTable> routes, Consumer<String> changed) {
        this.routes = routes;
        this.changed = changed;
    }

    @SuppressWarnings("GuardedBy") // It is read as it is published: whole.
    Snapshot snapshot() {
        return snapshot;
    }

    ModelEntry entry(String model) {
        return snapshot().entry(model);
    }

    /// Puts other routes before the models, of which nothing changes. Any thread.
    void reroute(UnaryOperator<RouteTable> edit) {
        changing.lock();
        try {
            Snapshot next = snapshot.rerouted(edit);
            routes.accept(next.routes());
            snapshot = next;
        } finally {
            changing.unlock();
        }
    }

    /// The routes go first: whoever sees a version ready finds it there.
    void change(UnaryOperator<Snapshot> edit) {
        change("", edit);
    }

    /// The same.
    ///
    /// @param model the only one that it changes anything of
    void change(String model, UnaryOperator<Snapshot> edit) {
        changing.lock();
        try {
            Snapshot next = edit.apply(snapshot);
            if (next.routes() != snapshot.routes()) {
                routes.accept(next.routes());
            }
            snapshot = next;
        } finally {
            changing.unlock();
        }
        changed.accept(model);
    }

    void put(ModelEntry model) {
        change(model.name(), known -> known.with(model));
    }

    void put(String model, VersionEntry version) {
        put(entry(model).with(version));
    }
}
