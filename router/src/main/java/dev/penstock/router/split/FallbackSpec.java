package dev.penstock.router.split;

import dev.penstock.core.ErrorCode;
import java.util.Set;
import java.util.stream.Collectors;

/// The arm that runs a request again if the one that it had fails.
///
/// @param arm the name of the default arm or of a candidate; "" for none
/// @param on the failures it is for; empty if and only if there is no arm
public record FallbackSpec(String arm, Set<ErrorCode> on) {
    /// A failure is answered as one.
    public static final FallbackSpec NONE = new FallbackSpec("", Set.of());

    /// Failures of an arm, as opposed to those of a caller.
    public static final Set<ErrorCode> POSSIBLE = Set.of(
            ErrorCode.DEADLINE_EXCEEDED,
            ErrorCode.MODEL_FAILED,
            ErrorCode.INTERNAL,
            ErrorCode.NOT_READY,
            ErrorCode.OVERLOADED);

    public FallbackSpec {
        on = Set.copyOf(on);
        if (arm.isEmpty()) {
            Spec.check(on.isEmpty(), "on", names(on), "nothing without arm");
        } else {
            Spec.armName("arm", arm);
            Spec.check(!on.isEmpty() && POSSIBLE.containsAll(on), "on", names(on), "one or more of " + names(POSSIBLE));
        }
    }

    public boolean isNone() {
        return arm.isEmpty();
    }

    private static String names(Set<ErrorCode> codes) {
        return codes.stream().map(ErrorCode::name).sorted().collect(Collectors.joining(", "));
    }
}
