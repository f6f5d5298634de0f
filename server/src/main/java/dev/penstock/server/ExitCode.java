package dev.penstock.server;

/// What the program tells a script when it ends.
final class ExitCode {
    static final int OK = 0;
    /// Something failed while running.
    static final int FAILED = 1;
    /// The command line or the configuration is wrong; nothing was started.
    static final int USAGE = 2;
    /// An address to listen on could not be had.
    static final int CANNOT_BIND = 3;
    /// A model is not fit to be served.
    static final int MODEL_FAILED = 4;
    /// Too little is known of a model to say whether it has drifted.
    static final int TOO_LITTLE = 5;
    /// A model has drifted.
    static final int DRIFTED = 6;

    private ExitCode() {}
}
