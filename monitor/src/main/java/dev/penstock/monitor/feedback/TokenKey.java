package dev.penstock.monitor.feedback;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A secret that servers share, with the number by which tokens name it. Does not show its secret.
public final class TokenKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int FEWEST_BYTES = 32;
    private static final int MOST_IDS = 256;

    private final int id;
    private final SecretKeySpec secret;

    /// @param id 0 to 255
    /// @param secret at least 32 bytes; copied
    public TokenKey(int id, byte[] secret) {
        if (id < 0 || id >= MOST_IDS) {
            throw new IllegalArgumentException("id of a token key: %d (expected: 0..255)".formatted(id));
        }
        if (secret.length < FEWEST_BYTES) {
            throw new IllegalArgumentException(
                    "a token key of %d bytes (expected: at least %d)".formatted(secret.length, FEWEST_BYTES));
        }
        this.id = id;
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    public int id() {
        return id;
    }

    /// For one thread.
    Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "token key " + id;
    }
}
