package dev.penstock.server.registry;

import dev.penstock.server.store.RolloutRecord;

/// Who moves an alias. Immutable.
///
/// @param who for the audit log: people choose how they are called
/// @param rollout the id of the one that does it, "" for people; no caller chooses that
record AliasMover(String who, String rollout) {
    static AliasMover person(String who) {
        return new AliasMover(who, "");
    }

    static AliasMover rollout(String id) {
        return new AliasMover(RolloutRecord.actor(id), id);
    }
}
