package dev.penstock.server.store;

import java.io.IOException;
import java.io.UncheckedIOException;

/// The disk has not done something in the time that somebody waits for it. It goes on: a change counts once it is
/// done, unless it fails then.
public final class SlowDiskException extends UncheckedIOException {
    public SlowDiskException(String message) {
        super(message, new IOException(message));
    }
}
