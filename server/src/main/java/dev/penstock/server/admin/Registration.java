package dev.penstock.server.admin;

import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.VersionRecord;

/// What became of a registration.
///
/// @param version as it is recorded, or would be
/// @param isNew false if the very same bytes were registered under that number before
/// @param serving whether it is ready now
/// @param problem why it does not serve, or ""
public record Registration(String model, VersionRecord version, boolean isNew, boolean serving, String problem) {
    /// Whether it was turned down, or cannot be loaded.
    public boolean failed() {
        return !problem.isEmpty()
                || version.gates().stream().anyMatch(gate -> gate.verdict() == GateRecord.Verdict.FAILED);
    }

    /// Why it failed, in words.
    public String error() {
        return problem.isEmpty() ? "a gate refused the version" : problem;
    }
}
