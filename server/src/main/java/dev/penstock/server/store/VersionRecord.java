package dev.penstock.server.store;

import java.time.Instant;
import java.util.List;

/// One registered version. What it is made of never changes; only `wanted` and `gates` do.
///
/// @param number positive
/// @param files at least one, sorted by path
/// @param source the URI it was fetched from, or "" for an upload
/// @param by who registered it
/// @param signature Ed25519 over [#digest], base64, or ""
/// @param wanted whether it may serve; an unloaded version stays recorded
/// @param gates what the gates said last, empty before
public record VersionRecord(
        long number,
        List<StoredFile> files,
        String source,
        Instant registered,
        String by,
        Lineage lineage,
        String signature,
        boolean wanted,
        List<GateRecord> gates) {
    public VersionRecord {
        files = List.copyOf(files);
        gates = List.copyOf(gates);
    }

    /// What identifies its bytes: the hash of its only file or, of several, that of their list.
    public String digest() {
        return Digests.of(files);
    }
}
