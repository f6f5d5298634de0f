package dev.penstock.server.registry;

/// Checks who signed a version.
@FunctionalInterface
public interface VersionTrust {
    /// Takes everything.
    VersionTrust ANYBODY = (digest, signature) -> {};

    /// @param digest see [dev.penstock.server.store.VersionRecord#digest]
    /// @param signature base64, or "" for none
    /// @throws dev.penstock.server.source.FetchException if it may not be registered
    void check(String digest, String signature);
}
