package dev.penstock.router.shadow;

import java.util.Locale;

/// Why a copy that was to be made, or was made, was not run.
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
    NOT_READY;

    /// As metrics have it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
