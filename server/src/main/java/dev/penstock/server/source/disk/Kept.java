package dev.penstock.server.source.disk;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.store.Digests;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Reads files that were kept.
///
/// @param key of those that are sealed, or null
/// @param room learns what goes
record Kept(Shelf shelf, @Nullable SealingKey key, Room room) {
    private static final String NO_KEY = "it is encrypted and this server has no key to read it with";
    private static final int PIECE_BYTES = 128 * 1024;

    /// @return its file, whose content has just been read and was right
    /// @throws FetchException if there is none, or it was changed: it is dropped then
    Shelf.Entry verified(StoredFile file) throws IOException {
        Shelf.Entry entry = entry(file);
        Looks looked = Looks.of(entry.file());
        try {
            String found = sha256Of(entry);
            if (!found.equals(file.sha256())) {
                throw new FetchException(
                        Reason.CORRUPT,
                        "%s was changed on the disk: its sha256 is %s (expected: %s); it is dropped"
                                .formatted(file.path(), found, file.sha256()));
            }
            return entry;
        } catch (FetchException e) {
            if (e.reason() == Reason.CORRUPT) {
                drop(entry, looked);
            }
            throw e;
        }
    }

    /// What a file looks like; another in its place looks different.
    private record Looks(
            long bytes, FileTime modified, @Nullable Object fileKey) {
        static Looks of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Looks(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
        }
    }

    /// Unless somebody brought it anew meanwhile.
    private void drop(Shelf.Entry entry, Looks looked) throws IOException {
        shelf.changing().lock();
        try {
            if (Looks.of(entry.file()).equals(looked) && Files.deleteIfExists(entry.file())) {
                room.changed(-entry.bytes());
            }
        } catch (NoSuchFileException e) {
            // Somebody else dropped it.
        } finally {
            shelf.changing().unlock();
        }
    }

    /// Why it cannot be had, by a look at its name, its size and its key; or "".
    String lacking(StoredFile file) throws IOException {
        Shelf.@Nullable Entry entry = shelf.find(file.sha256(), file.bytes());
        if (entry == null) {
            return "it is not on this machine";
        }
        if (!entry.sealed()) {
            return "";
        }
        if (key == null) {
            return NO_KEY;
        }
        try (InputStream in = Files.newInputStream(entry.file())) {
            byte[] header = in.readNBytes(SealFormat.HEADER_BYTES);
            return SealedInput.isOf(key, header) ? "" : SealedInput.OTHER_KEY;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot decrypt: " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            return "it is not on this machine";
        }
    }

    /// Its content in plain.
    InputStream open(StoredFile file) throws IOException {
        return open(entry(file));
    }

    private Shelf.Entry entry(StoredFile file) throws IOException {
        Shelf.@Nullable Entry entry = shelf.find(file.sha256(), file.bytes());
        if (entry == null) {
            throw new FetchException(
                    Reason.NOT_FOUND, "%s (sha256 %s) is not kept here".formatted(file.path(), file.sha256()));
        }
        return entry;
    }

    private String sha256Of(Shelf.Entry entry) throws IOException {
        MessageDigest digest = Digests.sha256();
        try (InputStream in = open(entry)) {
            byte[] piece = new byte[PIECE_BYTES];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private InputStream open(Shelf.Entry entry) throws IOException {
        if (!entry.sealed()) {
            return Files.newInputStream(entry.file());
        }
        if (key == null) {
            throw new FetchException(Reason.REFUSED, NO_KEY);
        }
        InputStream raw = Files.newInputStream(entry.file());
        try {
            return new SealedInput(raw, key);
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        } catch (GeneralSecurityException e) {
            raw.close();
            throw new IOException("cannot decrypt: " + e.getMessage(), e);
        }
    }
}
