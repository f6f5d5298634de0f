package dev.penstock.loadtest.scenario;

/// A scenario that cannot be: the message names the key or the flag, its value, and what was expected.
public final class ScenarioError extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ScenarioError(String message) {
        super(message);
    }

    static ScenarioError of(String where, Object value, String expected) {
        return new ScenarioError(where + ": " + value + " (expected: " + expected + ")");
    }
}
