package dev.penstock.server.source.fetch;

import java.io.IOException;
import java.io.InputStream;

/// Reads remote files to their ends. Thread-safe.
record Downloads(PartFiles parts, Pauses pauses) {
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

    private InputStream open(Intake intake, Remote remote, boolean hashGiven) {
        return new ResumedInput(remote, parts.open(remote), pauses, intake.maxBytes(), hashGiven);
    }

    private static IllegalStateException closing(IOException e) {
        return new IllegalStateException("closing a download fails silently", e);
    }
}
