package dev.penstock.server.store;

import java.time.Instant;
import java.util.List;

/// One registered version. What it is made of never changes; only `wanted`, `judge` and `gates` do.
///
/// @param number positive
/// @param files at least one, sorted by path
/// @param source the URI it was fetched from, or "" for an upload
/// @param by who registered it
/// @param signature Ed25519 over [#digest], base64, or ""
/// @param breaking whether it may differ from the version it follows
/// @param judge the server that is to judge it; others do if it does not. "" for any
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
        boolean breaking,
        String judge,
        boolean wanted,
        List<GateRecord> gates) {
    public VersionRecord {
        files = List.copyOf(files);
        gates = List.copyOf(gates);
    }

    /// One that is not to differ, and that any server judges.
    public VersionRecord(
            long number,
            List<StoredFile> files,
            String source,
            Instant registered,
            String by,
            Lineage lineage,
            String signature,
            boolean wanted,
            List<GateRecord> gates) {
        this(number, files, source, registered, by, lineage, signature, false, "", wanted, gates);
    }

    /// The same version with what may change of it.
    public VersionRecord with(boolean nextWanted, String nextJudge, List<GateRecord> nextGates) {
        return new VersionRecord(
                number,
                files,
                source,
                registered,
                by,
                lineage,
                signature,
                breaking,
                nextJudge,
                nextWanted,
                nextGates);
    }

    /// What identifies its bytes: the hash of its only file or, of several, that of their list.
    public String digest() {
        return Digests.of(files);
    }
}
