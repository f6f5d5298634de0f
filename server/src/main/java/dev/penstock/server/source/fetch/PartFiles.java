package dev.penstock.server.source.fetch;

import dev.penstock.server.store.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The parts that broken fetches left, at most 16 of them. Thread-safe: two fetches of the same thing at
/// once do not share one.
final class PartFiles {
    private static final int MAX_PARTS = 16;

    private final @Nullable Path folder;
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    /// @param folder theirs, or null to leave none
    PartFiles(@Nullable Path folder) {
        this.folder = folder;
    }

    Part open(Remote remote) {
        String name = HexFormat.of()
                .formatHex(Digests.sha256().digest(remote.identity().getBytes(StandardCharsets.UTF_8)));
        if (folder == null || !open.add(name)) {
            return Part.NONE;
        }
        dropOldest(folder);
        return new PartFile(folder, name, () -> open.remove(name));
    }

    private void dropOldest(Path parts) {
        try (Stream<Path> files = Files.list(parts)) {
            List<Path> oldest = files.filter(file -> file.toString().endsWith(".part"))
                    .filter(file -> !open.contains(nameOf(file)))
                    .sorted(Comparator.comparingLong(
                                    (Path file) -> file.toFile().lastModified())
                            .reversed())
                    .skip(MAX_PARTS)
                    .toList();
            for (Path file : oldest) {
                Files.deleteIfExists(file);
                Files.deleteIfExists(parts.resolve(nameOf(file) + ".note"));
            }
        } catch (IOException e) {
            // There are none yet, or they stay a while longer.
        }
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName()).replace(".part", "");
    }
}
