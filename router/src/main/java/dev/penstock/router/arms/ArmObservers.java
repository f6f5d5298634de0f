package dev.penstock.router.arms;

import dev.penstock.core.ModelKey;

/// Who wants to know what becomes of the requests of an arm. Asked when a table is bound, never with a request.
@FunctionalInterface
public interface ArmObservers {
    /// Nobody looks.
    ArmObservers NONE = (_, _, _, _) -> ArmObserver.NONE;

    /// @param assignment the route's salt: what is counted under one says nothing about another
    /// @param target the version that the arm stands for at present
    /// @return the same object while all four are the same, so that counts go on over an edit of the route
    ArmObserver of(String route, String assignment, String arm, ModelKey target);
}
