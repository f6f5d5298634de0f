package dev.penstock.server.monitoring;

import org.jspecify.annotations.Nullable;

/// The baseline that a version is held against: one of its own, which it was given or has learnt, or that of
/// the version that it follows. Not thread-safe.
final class HeldTo {
    private @Nullable Baseline baseline;

    /// What it goes back to when it does not follow another version any more.
    private @Nullable Baseline own;

    private boolean follows;

    /// @param given null if nobody said
    HeldTo(@Nullable Baseline given) {
        this.baseline = given;
        this.own = given;
    }

    /// Null as long as there is none.
    @Nullable
    Baseline baseline() {
        return baseline;
    }

    /// Of that; "" as long as there is none.
    String id() {
        Baseline now = baseline;
        return now == null ? "" : now.id();
    }

    /// Whether it is another version's.
    boolean follows() {
        return follows;
    }

    /// Whether that is its own.
    boolean has(Baseline usual) {
        Baseline now = own;
        return now != null && now.id().equals(usual.id());
    }

    /// It was given that, or has learnt it.
    void own(Baseline usual) {
        baseline = usual;
        own = usual;
        follows = false;
    }

    void follow(Baseline champions) {
        baseline = champions;
        follows = true;
    }

    /// To what is its own.
    ///
    /// @return null if it has none, and has to learn it
    @Nullable
    Baseline goBack() {
        baseline = own;
        follows = false;
        return own;
    }
}
