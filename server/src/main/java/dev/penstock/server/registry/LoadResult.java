package dev.penstock.server.registry;

/// How the loading of what a model's folder asks for ended.
///
/// @param problem why something does not serve that should, or ""
/// @param lacksRoom whether that is, of some version, for want of memory
record LoadResult(String problem, boolean lacksRoom) {
    static final LoadResult FINE = new LoadResult("", false);
}
