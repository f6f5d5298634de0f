package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.store.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/// Reads remote files to their ends. Thread-safe.
record Downloads(PartFiles parts, Pauses pauses) {
    private static final int BUFFER_BYTES = 64 * 1024;

    /// The only file of a version.
    void addOnly(Intake intake, Remote remote, String sha256) {
        try (InputStream in = open(intake, remote, intake.hashGiven() || !sha256.isEmpty())) {
            intake.addOnly(sha256, in);
        } catch (IOException e) {
            throw closing(e);
        }
    }

    /// One of several.
    void add(Intake intake, String path, Remote remote, String sha256) {
        FileNames.checked(path);
        try (InputStream in = open(intake, remote, !sha256.isEmpty())) {
            intake.add(path, sha256, in);
        } catch (IOException e) {
            throw closing(e);
        }
    }

    /// An archive whose files are the version's.
    ///
    /// @param sha256 of the archive as it comes
    void unpack(Intake intake, Remote remote, String sha256, boolean compressed) {
        MessageDigest digest = Digests.sha256();
        try (ResumedInput bytes = open(intake, remote, true);
                InputStream in = new DigestInputStream(bytes, digest)) {
            unpack(in, compressed, intake, bytes);
            // What follows its end is a part of what was hashed.
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw closing(e);
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(sha256)) {
            throw new FetchException(
                    Reason.CORRUPT, "its archive has the sha256 %s (expected: %s)".formatted(found, sha256));
        }
    }

    private static void unpack(InputStream in, boolean compressed, Intake intake, ResumedInput bytes) {
        try {
            TarFiles.each(
                    unzipped(in, compressed), intake.maxBytes(), (path, content) -> intake.add(path, "", content));
        } catch (FetchException e) {
            switch (e.reason()) {
                // Perhaps it came damaged, which its hash would have said at its end: it is fetched anew.
                case CORRUPT, REFUSED, TOO_LARGE -> bytes.leaveNothing();
                default -> {}
            }
            throw e;
        }
    }

    private static InputStream unzipped(InputStream in, boolean compressed) {
        try {
            return compressed ? new GZIPInputStream(in, BUFFER_BYTES) : in;
        } catch (IOException e) {
            throw new FetchException(Reason.CORRUPT, "its archive is not compressed by gzip", e);
        }
    }

    private ResumedInput open(Intake intake, Remote remote, boolean hashGiven) {
        return new ResumedInput(remote, parts.open(remote), pauses, intake.maxBytes(), hashGiven);
    }

    private static IllegalStateException closing(IOException e) {
        return new IllegalStateException("closing a download fails silently", e);
    }
}
