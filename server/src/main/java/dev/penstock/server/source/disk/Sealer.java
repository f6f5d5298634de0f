package dev.penstock.server.source.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;

/// Encrypts what an earlier start, without a key, kept in plain. Before anything else is done with the files.
///
/// @param incoming a folder for what is being written
record Sealer(Shelf shelf, Path incoming, SealingKey key) {
    /// What is damaged goes.
    ///
    /// @return how many files there were
    int sealAll() throws IOException, GeneralSecurityException {
        int count = 0;
        for (Shelf.Entry entry : shelf.entries()) {
            if (!entry.sealed()) {
                seal(entry);
                count++;
            }
        }
        return count;
    }

    private void seal(Shelf.Entry entry) throws IOException, GeneralSecurityException {
        Path file = incoming.resolve("sealing.tmp");
        try (InputStream in = Files.newInputStream(entry.file())) {
            Incoming.Content found = Incoming.write(file, in, Long.MAX_VALUE, _ -> {}, key);
            if (found.sha256().equals(entry.sha256())) {
                Files.setLastModifiedTime(file, FileTime.from(entry.used()));
                Durable.move(file, shelf.fileOf(entry.sha256(), true));
            }
        } finally {
            Files.deleteIfExists(file);
        }
        Files.delete(entry.file());
    }
}
