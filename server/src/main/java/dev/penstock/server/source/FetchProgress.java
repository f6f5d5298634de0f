package dev.penstock.server.source;

/// Told how far it is, on the thread that fetches, now and then.
@FunctionalInterface
public interface FetchProgress {
    FetchProgress NONE = (done, total) -> {};

    /// @param total -1 if it is not known
    void bytes(long done, long total);

    /// Why nobody wants it any more, or "". Asked often, on the thread that fetches; must not block.
    default String givenUp() {
        return "";
    }
}
