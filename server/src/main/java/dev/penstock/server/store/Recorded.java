package dev.penstock.server.store;

import java.util.List;

/// All models of a record, as of one moment.
///
/// @param revision of the whole record, which every change raises by one; 0 for one without any history,
///     in which nothing was ever recorded: what is noted in the audit log alone is none
/// @param models by name
public record Recorded(long revision, List<ModelRecord> models) {
    public Recorded {
        models = List.copyOf(models);
    }
}
