package dev.penstock.server.source;

/// Fetches what URIs name. Thread-safe; blocks for as long as it takes.
public interface Sources {
    /// @param uri `file:`, `http(s):`, `s3:`, `models:` (MLflow), `hf:` or `oci:` …, or a path of this
    ///     machine
    /// @param sha256 that the only file must have, or ""
    /// @return its files are to be settled, see [ModelFiles#settle]
    /// @throws FetchException if it cannot be had, or nobody wants it any more; nothing stays behind but what
    ///     a later try can resume
    Fetched fetch(String uri, String sha256, FetchProgress progress);
}
