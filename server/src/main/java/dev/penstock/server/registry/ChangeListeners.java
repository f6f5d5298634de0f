package dev.penstock.server.registry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/// Who wants to hear that something changed. Thread-safe.
final class ChangeListeners {
    private static final System.Logger LOG = System.getLogger(ChangeListeners.class.getName());

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /// One round at a time, so that the last to be told has seen the last change.
    private final ReentrantLock telling = new ReentrantLock();

    void add(Runnable listener) {
        listeners.add(listener);
    }

    void tell() {
        telling.lock();
        try {
            listeners.forEach(ChangeListeners::tell);
        } finally {
            telling.unlock();
        }
    }

    private static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a listener to the registry failed", e);
        }
    }
}
