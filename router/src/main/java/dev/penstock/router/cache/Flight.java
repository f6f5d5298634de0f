package dev.penstock.router.cache;

import dev.penstock.core.batching.Batcher;
import dev.penstock.core.batching.Pending;
import java.util.ArrayDeque;

/// A request under way, and those like it that wait for its answer. Its cache's lock guards it.
final class Flight {
    private final RequestKey key;
    private final Batcher batcher;
    private final ArrayDeque<Pending> followers = new ArrayDeque<>();

    Flight(RequestKey key, Batcher batcher) {
        this.key = key;
        this.batcher = batcher;
    }

    RequestKey key() {
        return key;
    }

    Batcher batcher() {
        return batcher;
    }

    /// In order of arrival.
    ArrayDeque<Pending> followers() {
        return followers;
    }
}
