package dev.penstock.server.source.disk;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/// Encrypts what is written to it. Complete only once it is closed.
final class SealedOutput extends OutputStream {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final OutputStream out;
    private final byte[] header;
    private final SecretKey fileKey;
    private final byte[] chunk = new byte[SealFormat.CHUNK_BYTES];
    private int filled;
    private long number;
    private boolean closed;

    SealedOutput(OutputStream out, SealingKey key) throws IOException, GeneralSecurityException {
        this.out = out;
        byte[] salt = new byte[SealFormat.SALT_BYTES];
        RANDOM.nextBytes(salt);
        header = SealFormat.header(key.id(), salt);
        fileKey = key.fileKey(salt);
        out.write(header);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int end = offset + length;
        while (from < end) {
            if (filled == chunk.length) {
                seal(false);
            }
            int count = Math.min(end - from, chunk.length - filled);
            System.arraycopy(bytes, from, chunk, filled, count);
            filled += count;
            from += count;
        }
    }

    private void seal(boolean last) throws IOException {
        try {
            out.write(SealFormat.cipher(Cipher.ENCRYPT_MODE, fileKey, header, number, last)
                    .doFinal(chunk, 0, filled));
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot encrypt: " + e.getMessage(), e);
        }
        number++;
        filled = 0;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try (out) {
                seal(true);
            } finally {
                Arrays.fill(chunk, (byte) 0);
            }
        }
    }
}
