package dev.penstock.server.config;

/// Where a value came from.
///
/// @param where the flag, the variable, or the file and line; "" for a default
public record Origin(Source source, String where) {
    public static final Origin DEFAULT = new Origin(Source.DEFAULT, "");

    /// Strongest last.
    public enum Source {
        DEFAULT,
        FILE,
        ENVIRONMENT,
        FLAG
    }

    @Override
    public String toString() {
        return source == Source.DEFAULT ? "default" : where;
    }
}
