package dev.penstock.server.source.disk;

import dev.penstock.server.source.FetchException;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/// Decrypts a sealed file. Gives out no byte of a chunk that was changed.
final class SealedInput extends InputStream {
    static final String OTHER_KEY = "it is encrypted with another key than this server has";

    private final InputStream in;
    private final byte[] header;
    private final SecretKey fileKey;
    private byte[] next;
    private final byte[] plain = new byte[SealFormat.CHUNK_BYTES];
    private int filled;
    private int position;
    private long number;
    private boolean ended;

    /// @throws FetchException with `REFUSED` if it was sealed with another key, with `CORRUPT` if it is
    ///     no sealed file
    SealedInput(InputStream in, SealingKey key) throws IOException, GeneralSecurityException {
        this.in = in;
        header = in.readNBytes(SealFormat.HEADER_BYTES);
        if (!SealFormat.isHeader(header)) {
            throw changed();
        }
        if (!isOf(key, header)) {
            throw new FetchException(FetchException.Reason.REFUSED, OTHER_KEY);
        }
        fileKey = key.fileKey(SealFormat.saltOf(header));
        next = readChunk();
    }

    /// Whether a file that begins so was sealed with that key.
    static boolean isOf(SealingKey key, byte[] header) throws GeneralSecurityException {
        return Arrays.equals(SealFormat.keyIdOf(header), key.id());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (position == filled) {
            if (ended) {
                return -1;
            }
            open();
        }
        int count = Math.min(length, filled - position);
        System.arraycopy(plain, position, bytes, offset, count);
        position += count;
        return count;
    }

    private void open() throws IOException {
        byte[] sealed = next;
        next = readChunk();
        ended = next.length == 0;
        try {
            filled = SealFormat.cipher(Cipher.DECRYPT_MODE, fileKey, header, number, ended)
                    .doFinal(sealed, 0, sealed.length, plain);
        } catch (GeneralSecurityException e) {
            throw changed();
        }
        position = 0;
        number++;
    }

    private byte[] readChunk() throws IOException {
        return in.readNBytes(SealFormat.CHUNK_BYTES + SealFormat.TAG_BYTES);
    }

    private static FetchException changed() {
        return new FetchException(FetchException.Reason.CORRUPT, "an encrypted file was changed on the disk");
    }

    @Override
    public void close() throws IOException {
        Arrays.fill(plain, (byte) 0);
        in.close();
    }
}
