package dev.penstock.monitor.drift;

/// What is known of a feature's drift, in the order of weight.
public enum DriftStatus {
    /// Too few values to say anything: neither good nor bad.
    INSUFFICIENT,
    OK,
    /// There is a drift, too small to matter.
    NOTICE,
    WARNING,
    CRITICAL;

    /// Whether somebody should know.
    public boolean alarming() {
        return this == WARNING || this == CRITICAL;
    }

    public DriftStatus worse(DriftStatus other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
