package dev.penstock.server.registry;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// How the loading of what a model's folder asks for ended.
///
/// @param problem why something does not serve that should, or ""
/// @param lackRoom the versions of which that is for want of memory
record LoadResult(String problem, SortedSet<Long> lackRoom) {
    static final LoadResult FINE = new LoadResult("");

    LoadResult {
        lackRoom = Collections.unmodifiableSortedSet(new TreeSet<>(lackRoom));
    }

    /// Whatever it lacks, it is not memory.
    LoadResult(String problem) {
        this(problem, new TreeSet<>());
    }

    boolean lacksRoom() {
        return !lackRoom.isEmpty();
    }
}
