package dev.penstock.router.arms;

/// Who wants to know what becomes of the requests of an arm. Asked when a table is bound, never with a request.
@FunctionalInterface
public interface ArmObservers {
    /// Nobody looks.
    ArmObservers NONE = (_, _) -> ArmObserver.NONE;

    /// @param candidate whether another arm can take its requests, so that too many failures one after
    ///     another
    ///     may take them away from it
    /// @return the same object for the same key, so that counts go on over an edit that changes no share
    ArmObserver of(ArmKey key, boolean candidate);
}
