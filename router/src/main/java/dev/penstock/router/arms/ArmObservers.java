package dev.penstock.router.arms;

import java.util.Collection;
import java.util.Map;

/// Who wants to know what becomes of the requests of an arm. Asked when a table is bound, never with a request.
@FunctionalInterface
public interface ArmObservers {
    /// Nobody looks.
    ArmObservers NONE = (_, _) -> ArmObserver.NONE;

    /// @param candidate whether another arm can take its requests, so that too many failures one after
    ///     another may take them away from it
    /// @return the same object for the same key, so that counts go on over an edit that changes no share
    ArmObserver of(ArmKey key, boolean candidate);

    /// The same of a route whose shares may be dealt anew all the time: what one unit does again and again
    /// counts as often there as it would if they stayed.
    default ArmObserver ofOftenDealt(ArmKey key, boolean candidate) {
        return of(key, candidate);
    }

    /// Forgets all routes but these.
    default void keep(Collection<String> routes) {}

    /// Arms whose requests were taken from them here, as they are bound now, and why: "" where somebody is
    /// about to say it.
    default Map<ArmName, String> trips() {
        return Map.of();
    }

    /// Whether guards of a route's arms only tell what they find, and take nothing away.
    default void onlyTell(String route, boolean only) {}

    /// Lets an arm have its requests again.
    default void rearm(String route, String arm) {}
}
