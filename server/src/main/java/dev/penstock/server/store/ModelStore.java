package dev.penstock.server.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The durable record of models, with two real stores behind it: a SQLite file for one server, PostgreSQL for
/// several. Thread-safe. Its methods block and throw [StoreException]: never on an event loop.
public interface ModelStore extends AutoCloseable {
    /// All models and routes as of one moment.
    Recorded recorded();

    /// The same without the record's revision.
    default List<ModelRecord> models() {
        return recorded().models();
    }

    /// The revision of the whole record; 0 for one without any history, see [Recorded].
    long revision();

    Optional<ModelRecord> model(String name);

    /// The greatest number that a version of that model ever had, whether it is still there or not; 0 if none
    /// had.
    long lastNumber(String model);

    /// Writes a model and the audit entry, for no rollout.
    default ModelRecord put(ModelRecord next, Act act) {
        return put(next, act, "");
    }

    /// Writes a model and the audit entry in one transaction: after a crash either both are there or neither.
    ///
    /// @param next what it becomes, with the revision that was read (0 for a new one)
    /// @param rollout the id of the one that promotes somebody by this, or ""
    /// @return the same with its new revision
    /// @throws StoreException with `STALE` if the model has another revision by now, or the rollout is not
    ///     promoting any more, with `REFUSED` if a version's files, source or registration would change
    ModelRecord put(ModelRecord next, Act act, String rollout);

    /// Forgets a model; its audit entries stay, and a version number of it is never given to other bytes.
    ///
    /// @throws StoreException with `STALE`, see [#put]
    void delete(String name, long revision, Act act);

    /// Adds an audit entry about a model, in the record or not, that changes nothing of it. A record with no
    /// more than such entries has no history.
    void note(String model, Act act);

    /// The newest entries first.
    ///
    /// @param model of that model only, or "" for all
    /// @param before only entries with a smaller id; [Long#MAX_VALUE] for the newest
    List<AuditEntry> audit(String model, long before, int limit);

    /// Routes and rollouts, in the same record.
    RouteStore routes();

    /// What is usual of models, in the same record.
    StoredBaselines baselines();

    /// What servers count, beside the record.
    CountStore counts();

    /// Has it run after changes that others made, on a thread of the store's own, never twice at once. It may
    /// be called without a change.
    void onChange(Runnable listener);

    /// Writes a consistent copy of everything to one file that does not exist yet, while others go on.
    void backUp(Path file);

    @Override
    void close();
}
