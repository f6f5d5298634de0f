package dev.penstock.server.rest;

import dev.penstock.core.NanoClock;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.wire.RequestIds;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/// The fast path of a listener, with its state on every event loop. Thread-safe.
final class FastInference implements AutoCloseable {
    private final HttpLimits limits;
    private final FastModels models;
    private final RequestIds ids;
    private final HeldMemory memory;
    private final NanoClock clock;
    private final Map<EventLoop, FastLoop> loops = new ConcurrentHashMap<>();

    FastInference(HttpLimits limits, FastModels models, RequestIds ids, HeldMemory memory, NanoClock clock) {
        this.limits = limits;
        this.models = models;
        this.ids = ids;
        this.memory = memory;
        this.clock = clock;
    }

    FastLoop loop(EventLoop eventLoop) {
        return loops.computeIfAbsent(eventLoop, key -> new FastLoop(eventLoop, limits, models, ids, memory, clock));
    }

    /// Once all connections are closed. Outcomes may still come; they are taken back as long as the loops live.
    @Override
    public void close() {
        for (FastLoop loop : loops.values()) {
            try {
                loop.eventLoop.submit(loop::close).awaitUninterruptibly();
            } catch (RejectedExecutionException e) {
                loop.close();
            }
        }
    }
}
