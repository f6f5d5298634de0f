package dev.penstock.server.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One registered version. What it is made of never changes; only `wanted`, `judge`, `gates` and
/// `wayBack` do.
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
/// @param wayBack what is taken back if the first verdict turns it down; null if nothing, and after that verdict
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
        @Nullable WayBack wayBack) {
    public VersionRecord {
        files = List.copyOf(files);
        gates = List.copyOf(gates);
    }

    /// One whose registration changes nothing else.
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
        this(number, files, source, registered, by, lineage, signature, breaking, judge, wanted, gates, null);
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

    /// The same version with what may change of it; once it is judged, there is no way back.
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
                nextGates.isEmpty() ? wayBack : null);
    }

    /// The same version with what is taken back if it is turned down.
    public VersionRecord with(WayBack nextWayBack) {
        return new VersionRecord(
                number, files, source, registered, by, lineage, signature, breaking, judge, wanted, gates, nextWayBack);
    }

    /// What identifies its bytes: the hash of its only file or, of several, that of their list.
    public String digest() {
        return Digests.of(files);
    }
}
