package dev.penstock.monitor;

/// How the load of a version ended.
public enum LoadResult {
    /// It is in memory.
    LOADED,
    /// There is something wrong with the version itself.
    FAILED,
    /// There was no room for it.
    NO_ROOM,
    /// Its files could not be had, or this process could not load it.
    UNAVAILABLE
}
