package dev.penstock.loadtest.engine;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Waits for sockets, asleep or awake, and knows for how long there was nothing to do. Confined to one loop.
final class SocketWait {
    private final Selector selector;
    private final LongSupplier nanoClock;
    private final Consumer<SelectionKey> handler;

    /// How long nothing was due and no socket had anything.
    private long idleNanos;

    /// Since when the selector sleeps; only while `asleep`.
    private long asleepNanos;

    private boolean asleep;

    /// @param handler of what sockets have
    SocketWait(Selector selector, LongSupplier nanoClock, Consumer<SelectionKey> handler) {
        this.selector = selector;
        this.nanoClock = nanoClock;
        this.handler = key -> {
            wake();
            handler.accept(key);
        };
    }

    /// Until a socket has something, which is handled.
    ///
    /// @param millis at most; above 0
    void sleep(long fromNanos, long millis) throws IOException {
        asleep = true;
        asleepNanos = fromNanos;
        int _ = selector.select(handler, millis);
        wake();
    }

    /// Handles what sockets have, if there is anything.
    ///
    /// @param isDue whether there is something else to do, so that the loop is not idle but behind
    void look(long fromNanos, boolean isDue) throws IOException {
        if (selector.selectNow(handler) == 0) {
            Thread.onSpinWait();
            idleNanos += isDue ? 0 : nanoClock.getAsLong() - fromNanos;
        }
    }

    /// From now on there is something to do.
    private void wake() {
        if (asleep) {
            asleep = false;
            idleNanos += nanoClock.getAsLong() - asleepNanos;
        }
    }

    /// In nanoseconds, since it was made.
    long idleNanos() {
        return idleNanos;
    }
}
