package dev.penstock.server.grpc.door;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which headers a call keeps beside those that mean something to the door, lower case: the same ones always,
/// and behind them those that routes look at. Immutable.
record KeptHeaders(List<String> names) {
    static final KeptHeaders NONE = new KeptHeaders(List.of());

    KeptHeaders {
        names = List.copyOf(names);
    }

    static KeptHeaders of(List<String> always, List<String> routed) {
        Set<String> names = new LinkedHashSet<>(always);
        names.addAll(routed);
        return new KeptHeaders(List.copyOf(names));
    }

    int size() {
        return names.size();
    }

    /// @return -1 if it is not kept
    int indexOf(String name) {
        return names.indexOf(name);
    }
}
