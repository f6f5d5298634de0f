package dev.penstock.server.registry;

import dev.penstock.server.store.Act;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.CountStore;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.Recorded;
import dev.penstock.server.store.RouteStore;
import dev.penstock.server.store.StoredBaselines;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// A record in whose place another can be put, as when a database is made anew and restored. It closes none.
final class SwitchedStore implements ModelStore {
    /// How often all of it was read.
    final AtomicInteger readings = new AtomicInteger();

    /// What somebody else does just before a model is written, once.
    final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});

    private volatile ModelStore now;
    private volatile Runnable listener = () -> {};

    SwitchedStore(ModelStore first) {
        this.now = first;
    }

    /// What listens is told.
    void become(ModelStore next) {
        now = next;
        listener.run();
    }

    @Override
    public Recorded recorded() {
        try {
            return now.recorded();
        } finally {
            readings.incrementAndGet();
        }
    }

    @Override
    public long revision() {
        return now.revision();
    }

    @Override
    public Optional<ModelRecord> model(String name) {
        return now.model(name);
    }

    @Override
    public long lastNumber(String model) {
        return now.lastNumber(model);
    }

    @Override
    public ModelRecord put(ModelRecord next, Act act, String rollout) {
        meanwhile.getAndSet(() -> {}).run();
        return now.put(next, act, rollout);
    }

    @Override
    public void delete(String name, long revision, Act act) {
        now.delete(name, revision, act);
    }

    @Override
    public void note(String model, Act act) {
        now.note(model, act);
    }

    @Override
    public List<AuditEntry> audit(String model, long before, int limit) {
        return now.audit(model, before, limit);
    }

    @Override
    public RouteStore routes() {
        return now.routes();
    }

    @Override
    public StoredBaselines baselines() {
        return now.baselines();
    }

    @Override
    public CountStore counts() {
        return now.counts();
    }

    @Override
    public void onChange(Runnable told) {
        listener = told;
        told.run();
    }

    @Override
    public void backUp(Path file) {
        now.backUp(file);
    }

    @Override
    public void close() {
        // Whoever opened them closes them.
    }
}
