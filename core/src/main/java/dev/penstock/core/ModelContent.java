package dev.penstock.core;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;

/// Where a loader finds what a model is made of.
public sealed interface ModelContent {
    /// What the model's file is called, for messages.
    String name();

    /// A file of the disk. What it leaves to other files lies beside it.
    record InFile(Path file) implements ModelContent {
        @Override
        public String name() {
            Path name = file.getFileName();
            return name == null ? file.toString() : name.toString();
        }
    }

    /// Files that may be in memory only, and only while a session is made of them: those that are encrypted on
    /// the disk.
    ///
    /// @param name path of the model's file
    /// @param beside paths of the version's other files, as the model may name them
    /// @param reader used again whenever the model needs one more session, so for as long as it is loaded
    record InMemory(String name, Set<String> beside, Reader reader) implements ModelContent {
        public InMemory {
            beside = Set.copyOf(beside);
        }
    }

    /// Gives the bytes of files. Thread-safe; blocks.
    @FunctionalInterface
    interface Reader {
        /// @param path `name` or one of `beside`
        /// @return all of it, in memory of the arena, which the caller may write to
        /// @throws ModelLoadException if it cannot be read
        MemorySegment read(String path, Arena arena);
    }
}
