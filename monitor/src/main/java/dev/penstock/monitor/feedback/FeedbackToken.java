package dev.penstock.monitor.feedback;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/// Signs predictions, and reads back what was signed: by this process or by any that has the same key. A
/// token is base64url, without padding, of what [TokenCodec] writes and the first 8 bytes of its HMAC-SHA256.
///
/// For one thread: it keeps what it computes with.
public final class FeedbackToken {
    private static final int SIGNATURE_BYTES = 8;
    private static final int SHA256_BYTES = 32;
    private static final int KEYS = 256;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /// A longer text cannot be a token.
    private static final int MOST_CHARACTERS = (TokenCodec.MOST_BYTES + SIGNATURE_BYTES + 2) / 3 * 4;

    private final Mac[] macs = new Mac[KEYS];
    private final int signer;
    private final byte[] digest = new byte[SHA256_BYTES];
    private final ByteBuffer buffer = ByteBuffer.allocate(TokenCodec.MOST_BYTES + SIGNATURE_BYTES);

    /// What a text turned out to be.
    public sealed interface Reading {
        /// Somebody with the key signed it.
        record Valid(Prediction prediction) implements Reading {}

        /// It has the form of a token, and a key that is not known, or a signature that is not of that key.
        record Forged() implements Reading {}

        /// @param reason what is wrong with it, for whoever sent it
        record Malformed(String reason) implements Reading {}
    }

    /// @param keys the first one signs, any of them is believed: so a new key is added as the last one on all
    ///     servers first, and then put first
    public FeedbackToken(List<TokenKey> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no token keys (expected: at least one)");
        }
        for (TokenKey key : keys) {
            if (macs[key.id()] != null) {
                throw new IllegalArgumentException("two token keys have the id " + key.id() + " (expected: one)");
            }
            macs[key.id()] = key.mac();
        }
        signer = keys.getFirst().id();
    }

    /// The same for every replica: FNV-1a with 64 bits over the UTF-8 of the name. That two of the names in use
    /// share it is for the server to look at when it loads them.
    ///
    /// @see <a href="http://www.isthe.com/chongo/tech/comp/fnv/">Fowler, Noll and Vo</a>
    public static long modelHash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    public String sign(Prediction prediction) {
        buffer.clear();
        TokenCodec.write(prediction, signer, buffer);
        int length = buffer.position();
        sign(macs[signer], length);
        buffer.put(digest, 0, SIGNATURE_BYTES);
        byte[] text = ENCODER.encode(ByteBuffer.wrap(buffer.array(), 0, length + SIGNATURE_BYTES))
                .array();
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /// Looks at the signature before anything that it signs.
    public Reading read(String token) {
        if (token.length() > MOST_CHARACTERS) {
            return new Reading.Malformed(
                    "%d characters (expected: at most %d)".formatted(token.length(), MOST_CHARACTERS));
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException _) {
            return new Reading.Malformed("not base64url (expected: a whole token, as an answer has it)");
        }
        int length = bytes.length - SIGNATURE_BYTES;
        if (length <= TokenCodec.KEY_AT || length > TokenCodec.MOST_BYTES) {
            return new Reading.Malformed(bytes.length + " bytes (expected: a whole token, as an answer has it)");
        }
        Mac mac = macs[Byte.toUnsignedInt(bytes[TokenCodec.KEY_AT])];
        if (mac == null || !isSigned(mac, bytes, length)) {
            return new Reading.Forged();
        }
        try {
            return new Reading.Valid(TokenCodec.read(ByteBuffer.wrap(bytes, 0, length)));
        } catch (IllegalArgumentException e) {
            // Signed by a later version of this program, perhaps.
            return new Reading.Malformed(String.valueOf(e.getMessage()));
        }
    }

    // In the same time whether the first byte is wrong or the last.
    private boolean isSigned(Mac mac, byte[] bytes, int length) {
        buffer.clear();
        buffer.put(bytes, 0, length);
        sign(mac, length);
        byte[] given = new byte[SIGNATURE_BYTES];
        byte[] right = new byte[SIGNATURE_BYTES];
        System.arraycopy(bytes, length, given, 0, SIGNATURE_BYTES);
        System.arraycopy(digest, 0, right, 0, SIGNATURE_BYTES);
        return MessageDigest.isEqual(given, right);
    }

    private void sign(Mac mac, int length) {
        mac.update(buffer.array(), 0, length);
        try {
            mac.doFinal(digest, 0);
        } catch (ShortBufferException e) {
            throw new IllegalStateException("SHA-256 has more than 32 bytes", e);
        }
    }
}
