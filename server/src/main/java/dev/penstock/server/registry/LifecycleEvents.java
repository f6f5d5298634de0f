package dev.penstock.server.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.LifecyclePhase;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// What happened to versions lately: the last events of each of the models that had one last. Thread-safe.
final class LifecycleEvents {
    static final int PER_MODEL = 200;
    private static final int MODELS = 10_000;
    private static final System.Logger LOG = System.getLogger(LifecycleEvents.class.getName());

    private final InstantSource time;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, Deque<LifecycleEvent>> events = new LinkedHashMap<>();

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    private record Listener(String model, Consumer<LifecycleEvent> told) {}

    /// Ends a [#listen].
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    LifecycleEvents(InstantSource time) {
        this.time = time;
    }

    void add(String model, long version, LifecyclePhase phase, String detail) {
        LifecycleEvent event = new LifecycleEvent(time.instant(), model, version, phase, detail);
        keep(event);
        tell(event);
    }

    /// Tells those who listen how far a download is, and keeps nothing of it.
    ///
    /// @param total 0 if it is not known
    void downloaded(String model, long version, String detail, long bytes, long total) {
        tell(new LifecycleEvent(time.instant(), model, version, LifecyclePhase.DOWNLOADING, detail, bytes, total));
    }

    private void keep(LifecycleEvent event) {
        lock.lock();
        try {
            // Behind those of all other models.
            Deque<LifecycleEvent> ring = events.remove(event.model());
            ring = ring == null ? new ArrayDeque<>() : ring;
            events.put(event.model(), ring);
            if (events.size() > MODELS) {
                events.remove(events.keySet().iterator().next());
            }
            if (ring.size() == PER_MODEL) {
                ring.removeFirst();
            }
            ring.addLast(event);
        } finally {
            lock.unlock();
        }
    }

    private void tell(LifecycleEvent event) {
        for (Listener listener : listeners) {
            if (listener.model().equals(event.model())) {
                tell(listener, event);
            }
        }
    }

    private static void tell(Listener listener, LifecycleEvent event) {
        try {
            listener.told().accept(event);
        } catch (RuntimeException e) {
            // Whoever listened has gone, say.
            LOG.log(System.Logger.Level.DEBUG, "telling " + event + " failed", e);
        }
    }

    /// Oldest first.
    List<LifecycleEvent> of(String model) {
        lock.lock();
        try {
            return List.copyOf(events.getOrDefault(model, new ArrayDeque<>()));
        } finally {
            lock.unlock();
        }
    }

    /// Has events of a model told, on the threads where they happen, until it is closed.
    Listening listen(String model, Consumer<LifecycleEvent> told) {
        Listener listener = new Listener(model, told);
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
