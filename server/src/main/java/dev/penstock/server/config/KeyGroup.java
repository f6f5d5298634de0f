package dev.penstock.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Settings that belong together, in the order in which they are declared. For the thread that declares them.
final class KeyGroup {
    private final List<Key<?>> declared = new ArrayList<>();

    <T> Key<T> key(String name, ValueKind<T> kind, String fallback, String description, String... aliases) {
        List<Alias> others = Arrays.stream(aliases).map(Alias::of).toList();
        return declared(new Key<>(name, kind, fallback, description, others));
    }

    /// A text; empty if nobody says one.
    Key<String> text(String name, String description) {
        return key(name, ValueKinds.TEXT, "", description);
    }

    /// Names, or pairs of such; none if nobody says any.
    Key<List<String>> names(String name, String description) {
        return key(name, ValueKind.listOf(ValueKinds.NAME), "", description);
    }

    /// Hosts that may be asked.
    Key<List<String>> hosts(String name, String description) {
        return key(name, ValueKind.listOf(ValueKinds.ALLOWED_HOST), "", description);
    }

    /// A file that there may be.
    Key<Optional<Path>> file(String name, String description) {
        return key(name, ValueKinds.OPTIONAL_FILE, "", description);
    }

    /// A folder that there may be.
    Key<Optional<Path>> folder(String name, String description) {
        return key(name, ValueKinds.OPTIONAL_FOLDER, "", description);
    }

    Key<Duration> time(String name, String fallback, String description) {
        return key(name, TimeSpan.KIND, fallback, description);
    }

    Key<Long> bytes(String name, String fallback, String description) {
        return key(name, ByteSize.amount(), fallback, description);
    }

    /// How many may wait.
    Key<Integer> room(String name, String fallback, String description) {
        return key(name, ValueKinds.integer("N", 1, 1_000_000), fallback, description);
    }

    <T> Key<T> declared(Key<T> key) {
        declared.add(key);
        return key;
    }

    List<Key<?>> keys() {
        return List.copyOf(declared);
    }
}
