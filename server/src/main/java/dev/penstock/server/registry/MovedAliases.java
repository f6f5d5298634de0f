package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.gate.Gates;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.time.InstantSource;
import java.util.function.Function;

/// Moves and drops the aliases of recorded models: a move is recorded first, and is one new table then; what is
/// not needed in memory any more, or is now, follows by itself. Thread-safe; blocks.
final class MovedAliases {
    private final RecordKeeper keeper;
    private final RegisteredServing serving;
    private final RecordFollower follower;
    private final RecordSync sync;
    private final InstantSource time;

    MovedAliases(
            RecordKeeper keeper,
            RegisteredServing serving,
            RecordFollower follower,
            RecordSync sync,
            InstantSource time) {
        this.keeper = keeper;
        this.serving = serving;
        this.follower = follower;
        this.sync = sync;
        this.time = time;
    }

    AliasRecord promote(String model, String alias, long version, AliasMover mover) {
        Registering.checkName(model);
        Registering.checkAlias(alias);
        return moved(model, alias, mover, "promote", record -> {
            checkTarget(record, version);
            return RecordEdits.promoted(record, alias, version, mover.who(), time.instant());
        });
    }

    AliasRecord rollBack(String model, String alias, AliasMover mover) {
        return moved(model, alias, mover, "rollback", record -> {
            checkTarget(record, RecordEdits.alias(record, alias).previous());
            return RecordEdits.rolledBack(record, alias, mover.who(), time.instant());
        });
    }

    /// Only to what may come to serve.
    private void checkTarget(ModelRecord record, long version) {
        if (serving.isInRepository(record.name())) {
            if (serving.snapshot().entry(record.name()).status().version(version) == null) {
                throw new ServingException(
                        ErrorCode.NOT_FOUND,
                        "model '%s' of a model repository has no version %d".formatted(record.name(), version));
            }
            return;
        }
        if (record.versions().isEmpty()) {
            throw RecordKeeper.notRegistered(record.name());
        }
        VersionRecord target = RecordEdits.version(record, version);
        if (!WantedVersions.mayServe(target)) {
            String gates = Gates.problem(target.gates());
            throw ServingException.invalid("model '%s' version %d is out of service%s (expected: one that may serve)"
                    .formatted(record.name(), version, gates.isEmpty() ? "" : ": " + gates));
        }
    }

    private AliasRecord moved(
            String model, String alias, AliasMover mover, String action, Function<ModelRecord, ModelRecord> edit) {
        RecordKeeper.Changed changed = keeper.change(model, mover.who(), action, (before, store) -> {
            ModelRecord next = edit.apply(before);
            AliasRecord to = RecordEdits.alias(next, alias);
            RolledAliases.checkMove(store.routes(), before, alias, to.version(), mover);
            String detail = "%s from %d to %d".formatted(alias, to.previous(), to.version());
            return new RecordKeeper.Edit(next, detail, mover.rollout());
        });
        follow(model);
        return RecordEdits.alias(changed.after(), alias);
    }

    void drop(String model, String alias, String who) {
        keeper.change(model, who, "drop alias", (before, store) -> {
            ArmUse.checkAlias(store.routes().routes(), model, alias);
            return new RecordKeeper.Edit(RecordEdits.withoutAlias(before, alias), alias);
        });
        follow(model);
    }

    private void follow(String model) {
        follower.alias(model);
        sync.wake(model);
    }
}
