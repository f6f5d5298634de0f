package dev.penstock.loadtest;

/// What scripts can tell outcomes by.
final class ExitCode {
    static final int OK = 0;
    /// The server said no, or an SLO was broken.
    static final int REFUSED = 1;
    /// The command line, or a file it names, is wrong.
    static final int USAGE = 2;
    /// Nobody answers at that address.
    static final int UNREACHABLE = 3;

    /// The client was the bottleneck, so what was measured says nothing about the server.
    static final int INVALID = 4;

    /// Answers differ from those that were recorded.
    static final int DIFFERENT = 6;

    private ExitCode() {}
}
