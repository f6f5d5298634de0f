package dev.penstock.server.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One model as it lies on disk.
///
/// @param configText what its `config.pbtxt` says; null if it has none
/// @param versions lowest first
/// @param warnings what was ignored
/// @param problem why nothing of it can be served, or ""
record ModelFolder(
        String name,
        Path path,
        @Nullable String configText,
        List<VersionFolder> versions,
        List<String> warnings,
        String problem) {
    ModelFolder {
        versions = List.copyOf(versions);
        warnings = List.copyOf(warnings);
    }

    static ModelFolder broken(String name, Path path, String problem) {
        return new ModelFolder(name, path, null, List.of(), List.of(), problem);
    }

    SortedSet<Long> numbers() {
        SortedSet<Long> numbers = new TreeSet<>();
        versions.forEach(version -> numbers.add(version.number()));
        return numbers;
    }

    @Nullable
    VersionFolder version(long number) {
        return versions.stream()
                .filter(version -> version.number() == number)
                .findFirst()
                .orElse(null);
    }
}
