package dev.penstock.router.arms;

/// Why a request went to its arm. Only requests of [#HASH] and [#RANDOM] were assigned by chance, so that only
/// they say which of two arms is better.
public enum AssignmentReason {
    /// The hash of its unit, which will be given the same arm again.
    HASH("hash"),
    /// The request has no unit: every request is its own.
    RANDOM("random"),
    /// An override holds for it.
    OVERRIDE("override"),
    /// The route's conditions do not hold for it: the default arm.
    NO_MATCH("no-match"),
    /// The arm that it was to have is not ready: the default arm.
    NOT_READY("not-ready"),
    /// Too many requests of the arm that it was to have failed one after another: the default arm.
    TRIPPED("tripped"),
    /// The arm that it had failed: the fallback arm, which runs it again.
    FALLBACK("fallback");

    private final String text;

    AssignmentReason(String text) {
        this.text = text;
    }

    /// As callers and metrics read it.
    public String text() {
        return text;
    }

    /// Whether the request went where chance sent it.
    public boolean byChance() {
        return this == HASH || this == RANDOM;
    }
}
