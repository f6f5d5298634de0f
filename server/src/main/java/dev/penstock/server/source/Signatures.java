package dev.penstock.server.source;

import dev.penstock.core.Check;
import dev.penstock.server.source.FetchException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/// Tells whether somebody we trust signed a version: Ed25519 over the 64 hexadecimal digits of its
/// digest, as ASCII. Immutable and pure.
public final class Signatures {
    /// What comes before the 32 bytes of an Ed25519 key in its X.509 form.
    private static final byte[] X509_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private static final int RAW_KEY_BYTES = 32;

    private final List<PublicKey> keys;
    private final boolean required;

    /// @param keys public keys, each as PEM, as base64 of its X.509 form, or as base64 of its 32 bytes
    /// @param required whether what is not signed is refused
    /// @throws IllegalArgumentException if one is no such key, or one is required and there is none
    public Signatures(List<String> keys, boolean required) {
        this.keys = keys.stream().map(Signatures::parse).toList();
        this.required = required;
        Check.argument(!required || !keys.isEmpty(), "signatures are required, but there is no key to check them with");
    }

    /// @param digest of the version, 64 hexadecimal digits
    /// @param signature base64, or "" for none
    /// @throws FetchException with `REFUSED` if it is not signed and must be, or was signed by none of
    ///     the keys
    public void check(String digest, String signature) {
        if (signature.isEmpty()) {
            refuseIf(required, "it is not signed, and this server takes only what is; sign its digest " + digest);
            return;
        }
        refuseIf(keys.isEmpty(), "it is signed, but this server has no public key to check that with");
        byte[] bytes = decode(signature);
        boolean trusted = keys.stream().anyMatch(key -> verifies(key, digest, bytes));
        refuseIf(!trusted, "none of this server's " + keys.size() + " public keys fits its signature over " + digest);
    }

    private static byte[] decode(String signature) {
        try {
            return Base64.getDecoder().decode(signature.strip());
        } catch (IllegalArgumentException e) {
            throw new FetchException(Reason.REFUSED, "its signature is not base64", e);
        }
    }

    private static void refuseIf(boolean refused, String message) {
        if (refused) {
            throw new FetchException(Reason.REFUSED, message);
        }
    }

    private static boolean verifies(PublicKey key, String digest, byte[] signature) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initVerify(key);
            ed25519.update(digest.getBytes(StandardCharsets.US_ASCII));
            return ed25519.verify(signature);
        } catch (GeneralSecurityException e) {
            // One of the wrong length, say.
            return false;
        }
    }

    private static PublicKey parse(String text) {
        String base64 = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            byte[] key = Base64.getDecoder().decode(base64);
            byte[] encoded = key.length == RAW_KEY_BYTES ? withPrefix(key) : key;
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "a public key is not one of Ed25519 (expected: PEM, or base64 of its 32 bytes)", e);
        }
    }

    private static byte[] withPrefix(byte[] raw) {
        byte[] encoded = new byte[X509_PREFIX.length + raw.length];
        System.arraycopy(X509_PREFIX, 0, encoded, 0, X509_PREFIX.length);
        System.arraycopy(raw, 0, encoded, X509_PREFIX.length, raw.length);
        return encoded;
    }
}
