package dev.penstock.loadtest.run;

/// A server does not let the settings of a model be changed, or not these.
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean refused;

    SettingsException(String message) {
        this(message, false);
    }

    /// @param refused whether the server said no, so that all is as it was
    SettingsException(String message, boolean refused) {
        super(message);
        this.refused = refused;
    }

    boolean isRefused() {
        return refused;
    }
}
