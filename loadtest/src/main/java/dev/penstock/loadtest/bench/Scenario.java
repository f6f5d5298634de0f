package dev.penstock.loadtest.bench;

/// One thing that is measured.
interface Scenario {
    /// As `--only` takes it.
    String name();

    /// Whether a quick run has it; it can be asked for by name in any case.
    default boolean isQuick() {
        return true;
    }

    /// Measures, and adds what was found to the report. Blocks.
    void run(Bench bench, Report report);
}
