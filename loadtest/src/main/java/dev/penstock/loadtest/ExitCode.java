package dev.penstock.loadtest;

/// What scripts can tell outcomes by.
final class ExitCode {
    static final int OK = 0;
    /// The server said no.
    static final int REFUSED = 1;
    /// The command line, or a file it names, is wrong.
    static final int USAGE = 2;
    /// Nobody answers at that address.
    static final int UNREACHABLE = 3;

    private ExitCode() {}
}
