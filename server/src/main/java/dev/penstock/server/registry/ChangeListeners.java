package dev.penstock.server.registry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Who wants to hear that something changed. Thread-safe.
final class ChangeListeners {
    private static final System.Logger LOG = System.getLogger(ChangeListeners.class.getName());

    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /// One round at a time, so that the last to be told has seen the last change.
    private final ReentrantLock telling = new ReentrantLock();

    void add(Consumer<String> listener) {
        listeners.add(listener);
    }

    /// @param model that changed; "" if it may be any
    void tell(String model) {
        telling.lock();
        try {
            listeners.forEach(listener -> tell(listener, model));
        } finally {
            telling.unlock();
        }
    }

    private static void tell(Consumer<String> listener, String model) {
        try {
            listener.accept(model);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a listener to the registry failed", e);
        }
    }
}
