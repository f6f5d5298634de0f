package dev.penstock.server.alerting;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// How far receivers have been told of the last things that there were to tell. Thread-safe.
final class DeliveryBook {
    /// More than there are alerts that are shown.
    static final int MOST = 1024;

    private final ReentrantLock lock = new ReentrantLock();

    /// By what is told of, then by receiver.
    @GuardedBy("lock")
    private final Map<String, Map<String, Delivery>> pages = new LinkedHashMap<>();

    void put(String about, Delivery delivery) {
        lock.lock();
        try {
            pages.computeIfAbsent(about, _ -> new LinkedHashMap<>()).put(delivery.receiver(), delivery);
            if (pages.size() > MOST) {
                pages.remove(pages.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    List<Delivery> of(String about) {
        lock.lock();
        try {
            return List.copyOf(pages.getOrDefault(about, Map.of()).values());
        } finally {
            lock.unlock();
        }
    }
}
