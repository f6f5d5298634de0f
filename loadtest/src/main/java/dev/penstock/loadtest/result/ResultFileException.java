package dev.penstock.loadtest.result;

/// A file that should hold a test's result does not, or not one that this program understands. The
/// message names the file, the place in it, the value and what was expected.
public final class ResultFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ResultFileException(String message) {
        super(message);
    }
}
