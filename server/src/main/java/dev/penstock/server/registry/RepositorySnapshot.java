package dev.penstock.server.registry;

import java.util.List;

/// What was on disk at one moment.
///
/// @param models by name, each name once
/// @param warnings what was ignored beside them
/// @param complete whether all of it could be read
record RepositorySnapshot(List<ModelFolder> models, List<String> warnings, boolean complete) {
    RepositorySnapshot {
        models = List.copyOf(models);
        warnings = List.copyOf(warnings);
    }
}
