package dev.penstock.server.store;

import java.util.Map;
import java.util.Optional;

/// The durable record of what is usual of models, a part of that of models: it is in its backups, and changes
/// raise its revision, are in its audit log, and are told to other servers. They are no history, see
/// [Recorded]: a server learns what is usual also where a record was lost. Models need not be in the record
/// themselves; with one that is deleted its baselines go. Thread-safe; blocks and throws [StoreException]:
/// never on an event loop.
public interface StoredBaselines {
    /// Of one model.
    int MOST = 64;

    /// Of one baseline's JSON.
    int MOST_CHARACTERS = 1 << 25;

    /// The revision of the last change, by model. One that is not there has no baselines.
    Map<String, Long> revisions();

    BaselineSet of(String model);

    /// The content of one, as JSON.
    Optional<String> content(String model, String id);

    /// Changes a model's baselines in one transaction with its audit entry.
    ///
    /// @param revision of the last change that was read
    /// @return that of this one
    /// @throws StoreException with `STALE` if somebody else was faster, with `REFUSED` if there are too many
    ///     or one is too large
    long change(String model, long revision, BaselineChange change, Act act);
}
