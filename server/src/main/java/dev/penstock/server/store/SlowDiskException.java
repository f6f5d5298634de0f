package dev.penstock.server.store;

import java.io.IOException;
import java.io.UncheckedIOException;

/// The disk has not done something in the time that somebody waits for it. It goes on: a change counts once
/// it is done, unless it fails then.
public final class SlowDiskException extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    private final String id;

    public SlowDiskException(String message) {
        this(message, "");
    }

    /// @param id that what is made will have, or ""
    public SlowDiskException(String message, String id) {
        super(message, new IOException(message));
        this.id = id;
    }

    /// That what is made will have, or "".
    public String id() {
        return id;
    }
}
