package dev.penstock.server.source.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// How an encrypted file is laid out: a header, then its content in chunks, each sealed by AES-256-GCM
/// under a key of this file alone.
///
/// The nonce of a chunk is its number and whether it is the last one, so chunks cannot be swapped, left
/// out or cut off; the header is authenticated with each.
final class SealFormat {
    static final int CHUNK_BYTES = 64 * 1024;
    static final int TAG_BYTES = 16;
    static final int SALT_BYTES = 32;
    static final int KEY_ID_BYTES = 8;
    static final int HEADER_BYTES = 8 + KEY_ID_BYTES + SALT_BYTES;

    private static final byte[] MAGIC = "PSTKSEA1".getBytes(StandardCharsets.US_ASCII);
    private static final int NONCE_BYTES = 12;

    private SealFormat() {}

    static long sealedBytes(long plainBytes) {
        long chunks = Math.max(1, Math.ceilDiv(plainBytes, (long) CHUNK_BYTES));
        return HEADER_BYTES + plainBytes + chunks * TAG_BYTES;
    }

    static byte[] header(byte[] keyId, byte[] salt) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).put(keyId).put(salt).array();
    }

    static boolean isHeader(byte[] header) {
        return header.length == HEADER_BYTES && Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    static byte[] keyIdOf(byte[] header) {
        return Arrays.copyOfRange(header, MAGIC.length, MAGIC.length + KEY_ID_BYTES);
    }

    static byte[] saltOf(byte[] header) {
        return Arrays.copyOfRange(header, MAGIC.length + KEY_ID_BYTES, HEADER_BYTES);
    }

    /// @param mode of [Cipher]: to encrypt or to decrypt
    static Cipher cipher(int mode, SecretKey fileKey, byte[] header, long chunk, boolean last)
            throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                .putInt(last ? 1 : 0)
                .putLong(chunk)
                .array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, fileKey, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        cipher.updateAAD(header);
        return cipher;
    }
}
