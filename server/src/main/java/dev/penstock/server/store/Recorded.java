package dev.penstock.server.store;

import java.util.List;

/// All models and routes of a record, as of one moment.
///
/// @param revision of the whole record, which every change raises by one; 0 for one without any history,
///     in which nothing was ever recorded: what is noted in the audit log alone is none
/// @param models by name
/// @param routes by name
/// @param lastRollout the revision of the last change of any rollout; 0 if there is none
public record Recorded(long revision, List<ModelRecord> models, List<RouteRecord> routes, long lastRollout) {
    public Recorded {
        models = List.copyOf(models);
        routes = List.copyOf(routes);
    }

    /// Without routes.
    public Recorded(long revision, List<ModelRecord> models) {
        this(revision, models, List.of(), 0);
    }
}
