package dev.penstock.core;

import org.jspecify.annotations.Nullable;

/// A model that cannot be loaded. The message is for the person who put it there.
public final class ModelLoadException extends RuntimeException {
    private final boolean passing;

    public ModelLoadException(String reason) {
        super(reason);
        this.passing = false;
    }

    public ModelLoadException(String reason, Throwable cause) {
        super(reason, cause);
        this.passing = false;
    }

    private ModelLoadException(String reason, @Nullable Throwable cause, boolean passing) {
        super(reason, cause);
        this.passing = passing;
    }

    /// Nothing is wrong with the model: there is no room for it now, say.
    public static ModelLoadException notNow(String reason) {
        return new ModelLoadException(reason, null, true);
    }

    /// The same, of what cannot be had on this machine.
    public static ModelLoadException notNow(String reason, Throwable cause) {
        return new ModelLoadException(reason, cause, true);
    }

    /// Whether it may load another time, as it is.
    public boolean isPassing() {
        return passing;
    }

    /// Never null, unlike [#getMessage] in general.
    public String reason() {
        String message = getMessage();
        return message == null ? "unknown" : message;
    }
}
