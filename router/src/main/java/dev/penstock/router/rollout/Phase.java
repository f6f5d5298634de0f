package dev.penstock.router.rollout;

import java.util.Locale;

/// Where a rollout is.
public enum Phase {
    /// Nothing has happened yet.
    PENDING,
    /// The candidate is to be loaded and warm.
    PREFLIGHT,
    /// Copies of requests go to the candidate.
    SHADOW,
    /// The share has just changed; what is counted now is not used.
    SETTLE,
    /// Requests are counted and compared.
    ANALYSE,
    /// The evidence cannot be used or is not enough: the share stays, and rollback is still possible.
    HOLD,
    /// A person, or the mode `pause`, stopped it; rollback is still possible.
    PAUSED,
    /// The candidate is being made the default.
    PROMOTING,
    COMPLETED,
    /// The candidate's share is being taken away.
    ROLLING_BACK,
    ROLLED_BACK;

    /// As people read it.
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Whether nothing will happen any more.
    public boolean isOver() {
        return this == COMPLETED || this == ROLLED_BACK;
    }

    /// Whether its end is decided, and only has to be carried out.
    public boolean isEnding() {
        return this == PROMOTING || this == ROLLING_BACK;
    }

    /// Whether the candidate may be asked by callers now.
    public boolean serves() {
        return switch (this) {
            case SHADOW, SETTLE, ANALYSE, HOLD, PAUSED -> true;
            case PENDING, PREFLIGHT, PROMOTING, COMPLETED, ROLLING_BACK, ROLLED_BACK -> false;
        };
    }
}
