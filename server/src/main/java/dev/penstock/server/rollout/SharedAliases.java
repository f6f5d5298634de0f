package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.FieldPath;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.RecordedArms;
import dev.penstock.server.routing.TargetText;
import dev.penstock.server.store.RouteStore;
import java.util.Map;

/// Aliases that the default arms of several routes stand for: of such routes one has a rollout at a time, as
/// who is promoted moves the alias, and the other would go on comparing with another version. Blocks on the
/// record.
final class SharedAliases {
    private SharedAliases() {}

    /// @param route on which a rollout is to begin
    /// @throws ServingException with ALREADY_EXISTS if one runs on another route whose default arm is the
    ///     same alias
    static void check(RouteStore store, RouteSpec route) {
        Target mine = route.standard().target();
        if (mine.alias().isEmpty()) {
            return;
        }
        for (Map.Entry<String, String> running : store.running().entrySet()) {
            boolean shared = !running.getKey().equals(route.name())
                    && store.route(running.getKey())
                            .flatMap(other -> RecordedArms.standard(other.spec()))
                            .filter(mine::equals)
                            .isPresent();
            if (shared) {
                throw new ServingException(
                        ErrorCode.ALREADY_EXISTS,
                        "route '%s': its default arm is %s, which rollout '%s' of route '%s' compares with, too (expected: one rollout of both at a time; wait until that has ended, or abort it)"
                                .formatted(route.name(), mine, running.getValue(), running.getKey()));
            }
        }
    }

    /// Why a rollout cannot begin together with others, none of which runs yet.
    ///
    /// @param standard what the default arm of its route stands for
    /// @param begin what those of the others do, with their routes: this one is added if it can
    /// @return "" if it can
    static String refusing(String route, String standard, Map<String, String> begin) {
        Target target = TargetText.parse(FieldPath.of("default"), standard);
        String other = target.alias().isEmpty() ? null : begin.putIfAbsent(standard, route);
        return other == null
                ? ""
                : "its default arm is %s, which the rollout of route '%s' is to compare with, too (expected: one rollout of both at a time)"
                        .formatted(standard, other);
    }
}
