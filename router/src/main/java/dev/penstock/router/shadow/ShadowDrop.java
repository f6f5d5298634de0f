package dev.penstock.router.shadow;

import java.util.Locale;

/// Why a copy that was to be made, or was made, has no answer of its own.
public enum ShadowDrop {
    /// Copies that wait are as many, or hold as many bytes, as they may.
    FULL,
    /// Requests of callers waited for the same processors.
    BUSY,
    /// It waited for longer than it may.
    EXPIRED,
    /// The primary gave no answer that could be compared.
    UNANSWERED,
    /// The shadow's version is not loaded: that says nothing of what it answers.
    NOT_READY,
    /// It ran with others and the run failed, which counts as one failure: whether this one was to blame is not
    /// known.
    BATCH_FAILED,
    /// Something went wrong outside of its run, which the log has.
    LOST;

    /// As metrics have it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
