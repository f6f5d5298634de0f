package dev.penstock.runtime;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.ModelContent;
import dev.penstock.core.ModelLoadException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/// A model's files in memory, for as long as a session is made of them; overwritten when it is closed. Of the
/// thread that made it.
final class ModelImage implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Map<String, MemorySegment> files = new TreeMap<>();
    private final MemorySegment model;

    /// @throws ModelLoadException if it cannot be read, or needs what the version does not have
    @MustBeClosed
    ModelImage(ModelContent.InMemory content) {
        MemorySegment read = MemorySegment.NULL;
        boolean complete = false;
        try {
            read = content.reader().read(content.name(), arena);
            check(content.name(), read.byteSize());
            for (String name : checked(content, ExternalNames.in(read))) {
                files.put(name, content.reader().read(name, arena));
            }
            complete = true;
        } finally {
            this.model = read;
            if (!complete) {
                close();
            }
        }
    }

    private static void check(String name, long bytes) {
        if (bytes == 0) {
            throw new ModelLoadException(name + " is empty");
        }
        if (bytes > Integer.MAX_VALUE) {
            throw new ModelLoadException("%s has %d bytes (expected: <= %d, with the rest as external data)"
                    .formatted(name, bytes, Integer.MAX_VALUE));
        }
    }

    private static SortedSet<String> checked(ModelContent.InMemory content, SortedSet<String> names) {
        for (String name : names) {
            if (!content.beside().contains(name)) {
                throw new ModelLoadException("%s leaves weights to '%s' (expected: one of the version's files, %s)"
                        .formatted(content.name(), name, content.beside()));
            }
        }
        return names;
    }

    MemorySegment model() {
        return model;
    }

    ByteBuffer buffer() {
        return model.asByteBuffer();
    }

    /// By the names that the model has for them.
    Map<String, MemorySegment> beside() {
        return files;
    }

    @Override
    public void close() {
        model.fill((byte) 0);
        files.values().forEach(file -> file.fill((byte) 0));
        arena.close();
    }
}
