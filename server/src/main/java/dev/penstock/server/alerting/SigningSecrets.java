package dev.penstock.server.alerting;

import dev.penstock.core.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// What events of one receiver are signed with, as Standard Webhooks has it. A file is read anew each time,
/// so that it can be exchanged; each of its lines is a secret, and an event has a signature of each, so that
/// a receiver can go from one to the next. Once there was a file, nothing is signed without one: what is
/// missing is being exchanged. Thread-safe; never shown.
final class SigningSecrets {
    static final String VARIABLE = "PENSTOCK_ALERTS_SECRET";

    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;
    private static final int MOST_CHARS = 4096;

    private final @Nullable Path file;
    private final String fallback;
    private volatile boolean hadFile;

    private SigningSecrets(@Nullable Path file, String fallback) {
        this.file = file;
        this.fallback = fallback;
    }

    /// @param folder that may have a file of the receiver, or null
    /// @param fallback for receivers without one; "" for none
    /// @throws IllegalArgumentException if what there is now is no secret, or cannot be read
    static SigningSecrets of(@Nullable Path folder, String receiver, String fallback) {
        Path file = folder == null ? null : folder.resolve(receiver);
        SigningSecrets secrets = new SigningSecrets(file, fallback);
        try {
            boolean _ = secrets.keys().isEmpty();
        } catch (IOException e) {
            throw new IllegalArgumentException("alerts.secrets-folder: " + e.getMessage(), e);
        }
        return secrets;
    }

    /// The value of `webhook-signature`.
    ///
    /// @param timestamp seconds since 1970
    /// @return "" if there is no secret, and was no file before
    /// @throws IOException if the secret cannot be read
    String sign(String id, long timestamp, String body) throws IOException {
        byte[] signed = "%s.%d.%s".formatted(id, timestamp, body).getBytes(StandardCharsets.UTF_8);
        return keys().stream().map(key -> "v1," + mac(key, signed)).collect(Collectors.joining(" "));
    }

    private static String mac(SecretKeySpec key, byte[] signed) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " (expected: every Java has it)", e);
        }
    }

    private List<SecretKeySpec> keys() throws IOException {
        String text = file == null ? null : read(file);
        if (text == null) {
            return keys(fallback, VARIABLE);
        }
        List<SecretKeySpec> keys = keys(text, String.valueOf(file));
        if (keys.isEmpty()) {
            throw new IOException(file + ": no secret in it (expected: a line of whsec_ and base64)");
        }
        return keys;
    }

    /// @return null if there is no such file, and was none before
    private @Nullable String read(Path from) throws IOException {
        try {
            Check.argument(Files.size(from) <= MOST_CHARS, "%s: more than %d bytes", from, MOST_CHARS);
            String text = Files.readString(from);
            hadFile = true;
            return text;
        } catch (NoSuchFileException e) {
            if (hadFile) {
                throw new IOException(from + ": gone (expected: the secret that was there, or another)", e);
            }
            return null;
        } catch (IOException e) {
            throw new IOException(from + ": cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    private static List<SecretKeySpec> keys(String text, String where) {
        List<SecretKeySpec> keys = new ArrayList<>();
        for (String line : text.lines().map(String::strip).toList()) {
            if (!line.isEmpty()) {
                keys.add(key(line, where));
            }
        }
        return keys;
    }

    private static SecretKeySpec key(String line, String where) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : line);
        } catch (IllegalArgumentException _) {
            bytes = new byte[0];
        }
        Check.argument(
                bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES,
                "%s: a line that is no secret (expected: whsec_ and the base64 of %d to %d bytes)",
                where,
                LEAST_BYTES,
                MOST_BYTES);
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    @Override
    public String toString() {
        return "secrets";
    }
}
