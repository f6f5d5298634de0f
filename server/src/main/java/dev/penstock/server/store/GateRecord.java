package dev.penstock.server.store;

/// What one gate said of a version.
///
/// @param gate its name, such as `signature` or `golden`
/// @param detail what was found, with numbers, for people
public record GateRecord(String gate, Verdict verdict, String detail) {
    /// Whether a version may serve, as far as one gate is concerned.
    public enum Verdict {
        PASSED,
        FAILED,
        /// It had nothing to judge, or was told not to.
        SKIPPED
    }
}
