package dev.penstock.loadtest.run;

/// A server does not let the settings of a model be changed, or not these.
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SettingsException(String message) {
        super(message);
    }
}
