package dev.penstock.server.source.disk;

import dev.penstock.core.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/// The key that files on the disk are encrypted under: 256 random bits that an operator made. Immutable;
/// never shown.
public final class SealingKey {
    /// The variable that may have the key.
    public static final String VARIABLE = "PENSTOCK_FILES_KEY";

    private static final int BYTES = 32;
    private static final Set<PosixFilePermission> ALLOWED = PosixFilePermissions.fromString("rwxr-x---");

    private final byte[] secret;

    private SealingKey(byte[] secret) {
        this.secret = secret;
    }

    /// The key that a server was given.
    ///
    /// @param file or null if there is none
    /// @param environment may have the key itself, in [#VARIABLE]
    /// @return null if there is none
    /// @throws IllegalArgumentException if there are two, or it is none
    public static @Nullable SealingKey of(@Nullable Path file, Map<String, String> environment) {
        String variable = environment.getOrDefault(VARIABLE, "");
        Check.argument(
                file == null || variable.isEmpty(), "there are two keys (expected: files.key-file, or %s)", VARIABLE);
        if (file != null) {
            return read(file);
        }
        return variable.isEmpty() ? null : of(decode(variable), VARIABLE);
    }

    /// @param file 32 bytes, or those as 64 hexadecimal digits or as base64, which only its owner may write
    ///     and only its owner and group may read
    /// @throws IllegalArgumentException if it holds something else, or others could know it
    public static SealingKey read(Path file) {
        try {
            checkPermissions(file);
            byte[] content = Files.readAllBytes(file);
            boolean isRaw = content.length == BYTES;
            return of(isRaw ? content : decode(new String(content, StandardCharsets.US_ASCII)), file.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException("files.key-file: " + file + " cannot be read: " + e, e);
        }
    }

    private static SealingKey of(byte[] secret, String where) {
        Check.argument(
                secret.length == BYTES,
                "the key in %s has %d bytes (expected: %d; make one with: openssl rand -base64 32)",
                where,
                secret.length,
                BYTES);
        return new SealingKey(secret);
    }

    private static void checkPermissions(Path file) throws IOException {
        if (Files.getFileAttributeView(file, PosixFileAttributeView.class) == null) {
            return;
        }
        Set<PosixFilePermission> granted = new TreeSet<>(Files.getPosixFilePermissions(file));
        String shown = PosixFilePermissions.toString(granted);
        granted.removeAll(ALLOWED);
        Check.argument(
                granted.isEmpty(),
                "files.key-file: %s has the permissions %s (expected: at most rwxr-x---, such as 0400 or 0440)",
                file,
                shown);
    }

    private static byte[] decode(String text) {
        String key = text.strip();
        try {
            return key.length() == 2 * BYTES
                    ? HexFormat.of().parseHex(key)
                    : Base64.getDecoder().decode(key);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /// Tells keys apart without telling the key.
    byte[] id() throws GeneralSecurityException {
        return derive(new byte[0], "penstock key id", SealFormat.KEY_ID_BYTES).getEncoded();
    }

    /// The key of one file.
    SecretKey fileKey(byte[] salt) throws GeneralSecurityException {
        return derive(salt, "penstock file", BYTES);
    }

    private SecretKey derive(byte[] salt, String purpose, int bytes) throws GeneralSecurityException {
        HKDFParameterSpec how = HKDFParameterSpec.ofExtract()
                .addIKM(secret)
                .addSalt(salt)
                .thenExpand(purpose.getBytes(StandardCharsets.US_ASCII), bytes);
        return KDF.getInstance("HKDF-SHA256").deriveKey("AES", how);
    }

    @Override
    public String toString() {
        return "SealingKey";
    }
}
