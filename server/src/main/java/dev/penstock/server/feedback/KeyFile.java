package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;

import dev.penstock.monitor.feedback.TokenKey;
import dev.penstock.server.store.DurableFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Files of keys that sign tokens: a line for each, its number and its secret in base64. The first one signs,
/// all are believed. Empty lines and those that begin with `#` say nothing.
final class KeyFile {
    private static final int SECRET_BYTES = 32;
    private static final int MOST_BYTES = 1 << 16;
    private static final int FIRST_ID = 1;

    private KeyFile() {}

    /// @throws IOException if it cannot be read, or has anything else; secrets are not repeated
    static List<TokenKey> read(Path file) throws IOException {
        return parse(file, text(file));
    }

    /// @throws IOException if it cannot be read, or is longer than any file of keys
    static String text(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new IOException("%s has more than %d bytes (expected: a few keys)".formatted(file, MOST_BYTES));
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// @param file that has the text
    /// @throws IOException if it has anything but keys; secrets are not repeated
    static List<TokenKey> parse(Path file, String all) throws IOException {
        List<TokenKey> keys = new ArrayList<>();
        int number = 0;
        for (String line : all.lines().toList()) {
            number++;
            String text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                keys.add(key(file, number, text));
            }
        }
        if (keys.isEmpty() || keys.stream().map(TokenKey::id).distinct().count() != keys.size()) {
            throw new IOException("%s has %d keys (expected: one or more, each with a number of its own)"
                    .formatted(file, keys.size()));
        }
        return keys;
    }

    private static TokenKey key(Path file, int line, String text) throws IOException {
        String[] words = text.split("\\s+", -1);
        try {
            if (words.length == 2) {
                return new TokenKey(
                        Integer.parseInt(words[0]), Base64.getDecoder().decode(words[1]));
            }
        } catch (IllegalArgumentException e) {
            // The reason may have a part of the secret in it.
        }
        throw new IOException("%s, line %d (expected: a number from 0 to 255, and at least 32 random bytes in base64)"
                .formatted(file, line));
    }

    /// A key that nobody else has.
    static TokenKey random() {
        return new TokenKey(FIRST_ID, secret());
    }

    /// The keys of a file that is made if it is not there, for its owner alone: whole, or not at all.
    static List<TokenKey> readOrMake(Path file) throws IOException {
        if (!Files.exists(file)) {
            Path folder = requireNonNull(file.toAbsolutePath().getParent());
            Files.createDirectories(folder);
            FileAttribute<?> own = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Path part = Files.createTempFile(folder, file.getFileName().toString(), ".part", own);
            try {
                Files.writeString(
                        part, "%d %s%n".formatted(FIRST_ID, Base64.getEncoder().encodeToString(secret())));
                DurableFile.force(part, StandardOpenOption.WRITE);
                // Unlike a move it does not take the place of what somebody else made meanwhile.
                Files.createLink(file, part);
                DurableFile.force(folder, StandardOpenOption.READ);
            } catch (FileAlreadyExistsException e) {
                // Somebody else was faster.
            } finally {
                Files.delete(part);
            }
        }
        return read(file);
    }

    private static byte[] secret() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }
}
