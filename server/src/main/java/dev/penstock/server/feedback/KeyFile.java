package dev.penstock.server.feedback;

import dev.penstock.monitor.feedback.TokenKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
import java.util.Set;

/// Files of keys that sign tokens: a line for each, its number and its secret in base64. The first one signs,
/// all are believed. Empty lines and those that begin with `#` say nothing.
final class KeyFile {
    private static final int SECRET_BYTES = 32;
    private static final int MOST_BYTES = 1 << 16;
    private static final int FIRST_ID = 1;

    private KeyFile() {}

    /// @throws IOException if it cannot be read, or has anything else; secrets are not repeated
    static List<TokenKey> read(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException("%s has more than %d bytes (expected: a few keys)".formatted(file, MOST_BYTES));
        }
        List<TokenKey> keys = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
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

    /// The keys of a file that is made if it is not there, for its owner alone.
    static List<TokenKey> readOrMake(Path file) throws IOException {
        FileAttribute<?> own = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Set<StandardOpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (!Files.exists(file)) {
            String line = "%d %s%n".formatted(FIRST_ID, Base64.getEncoder().encodeToString(secret()));
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            try (FileChannel out = FileChannel.open(file, fresh, own)) {
                out.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
                out.force(true);
            } catch (FileAlreadyExistsException e) {
                // Somebody else was faster.
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
