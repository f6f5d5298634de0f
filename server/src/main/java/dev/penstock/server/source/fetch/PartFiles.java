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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The parts that broken fetches left, at most 16 of them and no more bytes than they may have. Thread-safe:
/// two fetches of the same thing at once do not share one.
final class PartFiles {
    private static final int MAX_PARTS = 16;

    private final @Nullable Path folder;
    private final long maxBytes;
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    /// Of those that are open.
    private final AtomicLong bytes = new AtomicLong();

    /// @param folder theirs, or null to leave none
    /// @param maxBytes that they may have together
    PartFiles(@Nullable Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
    }

    Part open(Remote remote) {
        String name = HexFormat.of()
                .formatHex(Digests.sha256().digest(remote.identity().getBytes(StandardCharsets.UTF_8)));
        if (folder == null || !open.add(name)) {
            return Part.NONE;
        }
        return new PartFile(folder, name, new PartFile.Owner() {
            @Override
            public boolean grow(long more) {
                boolean fits = bytes.addAndGet(more) <= maxBytes || more <= 0;
                if (!fits) {
                    bytes.addAndGet(-more);
                }
                return fits;
            }

            @Override
            public void closed() {
                open.remove(name);
                dropOldest(folder);
            }
        });
    }

    private void dropOldest(Path parts) {
        try (Stream<Path> files = Files.list(parts)) {
            List<Path> newest = files.filter(file -> file.toString().endsWith(".part"))
                    .filter(file -> !open.contains(nameOf(file)))
                    .sorted(Comparator.comparingLong(
                                    (Path file) -> file.toFile().lastModified())
                            .reversed())
                    .toList();
            long left = maxBytes - bytes.get();
            for (int i = 0; i < newest.size(); i++) {
                Path file = newest.get(i);
                left -= file.toFile().length();
                if (i >= MAX_PARTS || left < 0) {
                    Files.deleteIfExists(file);
                    Files.deleteIfExists(parts.resolve(nameOf(file) + ".note"));
                }
            }
        } catch (IOException e) {
            // There are none yet, or they stay a while longer.
        }
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName()).replace(".part", "");
    }
}
