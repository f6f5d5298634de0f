package dev.penstock.server;

import java.util.logging.LogManager;

/// Keeps the log open until the process is gone. The JDK's own closes it when a shutdown begins, and what a draining
/// server has to say would be lost. Public because the JDK makes it by name.
public final class LastingLogManager extends LogManager {
    /// Does nothing.
    @Override
    public void reset() {}
}
