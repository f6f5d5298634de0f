package dev.penstock.server.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmDeals;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.rollout.Compared;
import java.util.Map;
import java.util.Set;

/// What this server counts of a route's arms. Thread-safe; answers at once.
public interface Sight {
    /// Up to now, since this server started.
    Map<ArmKey, ArmCounts> counts(String route);

    /// What came of copies up to now, by the arm and the version that they went to.
    Map<ArmName, Compared> copies(String route);

    /// Tells how a rollout dealt the route's units up to now, also before this server was there: what is said
    /// of answers is counted by that.
    default void dealt(String route, ArmDeals deals) {}

    /// Arms of a route are compared with each other from now on, and no others: what is said of one counts only
    /// while all of them can be spoken of here.
    ///
    /// @param arms none if nothing is compared any more
    /// @param sinceMillis since 1970: what was answered before is compared with nothing
    default void compares(String route, Set<String> arms, long sinceMillis) {}

    /// Arms of a route that a guard has taken from callers on this server since that rollout began.
    ///
    /// @return why, with the numbers that led to it
    Map<ArmName, String> tripped(String route, String rollout);
}
