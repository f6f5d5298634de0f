package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.routing.RecordedArms;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import java.util.Map;

/// Aliases that stay where they are while a rollout compares with who answers for them: what is counted of
/// its default arm would be of two versions. Blocks on the record.
final class RolledAliases {
    /// Who is promoted has the alias moved: only the rollout itself does that.
    private static final String PROMOTING = "promoting";

    /// In which nothing is compared any more, and nobody is promoted.
    private static final String ROLLING_BACK = "rolling-back";

    private RolledAliases() {}

    /// Refuses to move an alias away from under a rollout.
    ///
    /// @param mover a rollout may while it promotes somebody, which who writes the move has to find once more
    /// @throws ServingException with ALREADY_EXISTS, naming the rollout
    static void checkMove(RouteStore store, ModelRecord before, String alias, long version, AliasMover mover) {
        AliasRecord now = before.aliases().get(alias);
        if (now != null && now.version() == version) {
            return;
        }
        checkPromotes(store, mover);
        if (now == null) {
            return;
        }
        for (Map.Entry<String, String> running : store.running().entrySet()) {
            boolean stands = store.route(running.getKey())
                    .filter(route -> standsFor(route, before.name(), alias))
                    .isPresent();
            if (stands && isKept(store, running.getValue(), mover)) {
                throw new ServingException(
                        ErrorCode.ALREADY_EXISTS,
                        "alias '%s' of model '%s': rollout '%s' compares with the default arm of route '%s', which stands for it (expected: no such rollout; promote by it, abort it, or wait until it has ended)"
                                .formatted(alias, before.name(), running.getValue(), running.getKey()));
            }
        }
    }

    private static void checkPromotes(RouteStore store, AliasMover mover) {
        boolean may = mover.rollout().isEmpty()
                || store.rollout(mover.rollout())
                        .filter(rollout -> rollout.phase().equals(PROMOTING))
                        .isPresent();
        if (!may) {
            throw new ServingException(
                    ErrorCode.ALREADY_EXISTS,
                    "rollout '%s' promotes nobody any more (expected: one that does)".formatted(mover.rollout()));
        }
    }

    private static boolean isKept(RouteStore store, String rollout, AliasMover mover) {
        String free = mover.rollout().equals(rollout) ? PROMOTING : ROLLING_BACK;
        return store.rollout(rollout)
                .map(RolloutRecord::phase)
                .filter(phase -> !phase.equals(free))
                .isPresent();
    }

    private static boolean standsFor(RouteRecord route, String model, String alias) {
        return RecordedArms.standard(route.spec())
                .filter(target -> target.model().equals(model) && target.alias().equals(alias))
                .isPresent();
    }
}
