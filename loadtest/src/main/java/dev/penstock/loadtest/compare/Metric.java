package dev.penstock.loadtest.compare;

/// What is compared.
public enum Metric {
    RATE("rate"),
    P50("p50"),
    P90("p90"),
    P99("p99"),
    P999("p99.9"),
    /// Its change is a difference, as a ratio to none says nothing.
    ERRORS("errors"),
    /// CPU time of the server for each answer: one number for a stage, so that nothing is known about
    /// how sure it is.
    SERVER_CPU("CPU");

    private final String label;

    Metric(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /// @param change a difference of errors, a ratio of all else
    /// @return by how much B is worse than A, 0.05 for 5 %; negative if it is better
    Interval worsening(Interval change) {
        return switch (this) {
            case RATE -> change.scaled(-1, 1);
            case ERRORS -> change;
            case P50, P90, P99, P999, SERVER_CPU -> change.scaled(1, -1);
        };
    }
}
