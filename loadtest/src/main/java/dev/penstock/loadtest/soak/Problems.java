package dev.penstock.loadtest.soak;

import java.util.ArrayList;
import java.util.List;

/// What went wrong: how often, and the first few times how. Thread-safe.
final class Problems {
    static final int TOLD = 10;

    private final List<String> first = new ArrayList<>();
    private long count;

    synchronized void add(String detail) {
        count++;
        if (first.size() < TOLD) {
            first.add(detail);
        }
    }

    synchronized long count() {
        return count;
    }

    synchronized List<String> first() {
        return List.copyOf(first);
    }
}
