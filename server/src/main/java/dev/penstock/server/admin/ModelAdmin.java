package dev.penstock.server.admin;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.ModelRecord;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Registers models and says which of their versions serve. Every change is in the durable record before it
/// takes effect. Thread-safe; methods block: never on an event loop.
///
/// All throw [dev.penstock.core.ServingException]: `NOT_FOUND` for what is not registered, `INVALID_ARGUMENT`
/// for what cannot be, `ALREADY_EXISTS` for other bytes under a number that is taken, `NOT_READY` while the
/// record cannot be reached.
public interface ModelAdmin {
    /// Entries of [#history] at most, and as many as are told to who does not say how many.
    int MAX_HISTORY = 1000;

    int USUAL_HISTORY = 50;

    /// What a server without a record answers.
    static ServingException noRecord() {
        return new ServingException(
                ErrorCode.UNSUPPORTED,
                "this server keeps no record of models: start it with --data-dir DIR, a folder to keep them in");
    }

    /// Records a version, then loads, checks and publishes it; returns when it serves or cannot.
    ///
    /// @param who for the audit log
    /// @param progress told what is going on, in words for people, on any thread
    Registration register(RegisterOrder order, String who, Consumer<LifecycleEvent> progress);

    /// The same for somebody who may go away.
    ///
    /// @param gone whether nobody waits for the outcome any more: what is being fetched is given up then;
    ///     what is recorded stays
    default Registration register(
            RegisterOrder order, String who, Consumer<LifecycleEvent> progress, BooleanSupplier gone) {
        return register(order, who, progress);
    }

    /// All that is registered, by name.
    List<ModelRecord> registered();

    ModelRecord registered(String model);

    /// Points an alias to a version. Requests go there when it is ready, and to where the alias pointed
    /// before until then.
    AliasRecord promote(String model, String alias, long version, String who);

    /// The same for a rollout that promotes that version: nobody else may move an alias which it compares with.
    /// No door leads here, so that no caller can be taken for one.
    ///
    /// @param rollout its id
    AliasRecord promoteFor(String rollout, String model, String alias, long version);

    /// Points an alias back to where it pointed before.
    AliasRecord rollBack(String model, String alias, String who);

    /// Takes an alias away; its version stays.
    void dropAlias(String model, String alias, String who);

    /// Takes a version out of service, or loads it again; it stays registered.
    void setWanted(String model, long version, boolean wanted, String who);

    /// Says which versions serve, see [ModelRecord#policy].
    ModelRecord setPolicy(String model, String policy, String who);

    /// Forgets a version, or the whole model for version 0, and its files. What an alias points to is refused.
    void delete(String model, long version, String who);

    /// Reads a version's files again and compares their hashes with the record.
    ///
    /// @return what is wrong, or nothing
    List<String> verify(String model, long version);

    /// The newest first.
    ///
    /// @param model of that one, or "" for all
    List<AuditEntry> history(String model, long before, int limit);

    /// Has the audit log, if there is one, say what somebody did about a model.
    void note(String model, String who, String action, String detail);

    /// What happened to versions lately, oldest first: a bounded number of events of this server's own.
    List<LifecycleEvent> events(String model);
}
