package dev.penstock.server.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Settings that belong together, in the order in which they are declared. For the thread that declares them.
final class KeyGroup {
    private final List<Key<?>> declared = new ArrayList<>();

    <T> Key<T> key(String name, ValueKind<T> kind, String fallback, String description, String... aliases) {
        List<Alias> others = Arrays.stream(aliases).map(Alias::of).toList();
        return declared(new Key<>(name, kind, fallback, description, others));
    }

    <T> Key<T> declared(Key<T> key) {
        declared.add(key);
        return key;
    }

    List<Key<?>> keys() {
        return List.copyOf(declared);
    }
}
