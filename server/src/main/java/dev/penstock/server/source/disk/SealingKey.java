package dev.penstock.server.source.disk;

import dev.penstock.core.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/// The key that files on the disk are encrypted under: 256 random bits that an operator made. Immutable;
/// never shown.
public final class SealingKey {
    private static final int BYTES = 32;

    private final byte[] secret;

    private SealingKey(byte[] secret) {
        this.secret = secret;
    }

    /// @param file 32 bytes, or those as 64 hexadecimal digits or as base64
    /// @throws IllegalArgumentException if it holds something else
    public static SealingKey read(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        byte[] secret = content.length == BYTES ? content : decode(new String(content, StandardCharsets.US_ASCII));
        Check.argument(
                secret.length == BYTES,
                "the key in %s has %d bytes (expected: %d; make one with: openssl rand -base64 32)",
                file,
                secret.length,
                BYTES);
        return new SealingKey(secret);
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
