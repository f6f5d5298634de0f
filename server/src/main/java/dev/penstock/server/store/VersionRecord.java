package dev.penstock.server.store;

import java.time.Instant;
import java.util.List;

/// One registered version. What it is made of never changes; only `wanted`, `judge`, `gates` and `intent` do.
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
/// @param intent what its registration asks for besides, until it is judged
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
        List<GateRecord> gates,
        Intent intent) {
    public VersionRecord {
        files = List.copyOf(files);
        gates = List.copyOf(gates);
    }

    /// One whose registration asks for nothing else.
    public VersionRecord(
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
        this(number, files, source, registered, by, lineage, signature, breaking, judge, wanted, gates, Intent.NONE);
    }

    /// The same version with what may change of it; what its registration asks for goes with the verdict.
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
                nextGates,
                nextGates.isEmpty() ? intent : Intent.NONE);
    }

    /// The same version with what its registration asks for.
    public VersionRecord with(Intent nextIntent) {
        return new VersionRecord(
                number, files, source, registered, by, lineage, signature, breaking, judge, wanted, gates, nextIntent);
    }

    /// What identifies its bytes: the hash of its only file or, of several, that of their list.
    public String digest() {
        return Digests.of(files);
    }
}
