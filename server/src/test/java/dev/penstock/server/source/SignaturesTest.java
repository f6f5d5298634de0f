package dev.penstock.server.source;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignaturesTest {
    private static final String DIGEST = "ab".repeat(32);
    private static final KeyPair OURS = pair();
    private static final KeyPair OTHERS = pair();

    @Test
    void whatOneOfTheKeysSignedIsTaken() {
        Signatures signatures = new Signatures(List.of(base64(OTHERS), base64(OURS)), true);

        assertThatCode(() -> signatures.check(DIGEST, sign(OURS, DIGEST))).doesNotThrowAnyException();
    }

    @Test
    void aKeyMayBePemOrItsBareBytes() {
        String pem = "-----BEGIN PUBLIC KEY-----\n" + base64(OURS) + "\n-----END PUBLIC KEY-----\n";
        byte[] encoded = OURS.getPublic().getEncoded();
        String bare =
                Base64.getEncoder().encodeToString(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));

        for (String key : List.of(pem, bare)) {
            assertThatCode(() -> new Signatures(List.of(key), true).check(DIGEST, sign(OURS, DIGEST)))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aSignatureOverOtherBytesOrByAStrangerIsRefused() {
        Signatures signatures = new Signatures(List.of(base64(OURS)), false);

        for (String signature : List.of(sign(OURS, "cd".repeat(32)), sign(OTHERS, DIGEST), "AAAA", "not base64!")) {
            assertThatThrownBy(() -> signatures.check(DIGEST, signature))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("signature");
        }
    }

    @Test
    void whatIsNotSignedIsRefusedOnlyIfSignaturesAreRequired() {
        assertThatCode(() -> new Signatures(List.of(), false).check(DIGEST, "")).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Signatures(List.of(base64(OURS)), true).check(DIGEST, ""))
                .isInstanceOf(FetchException.class)
                .hasMessageContaining("not signed");
    }

    @Test
    void aSignatureThatNobodyCanCheckIsRefused() {
        assertThatThrownBy(() -> new Signatures(List.of(), false).check(DIGEST, sign(OURS, DIGEST)))
                .hasMessageContaining("no public key");
    }

    @Test
    void keysThatAreNoneAndNoKeysWhereSomeAreNeededAreRefusedAtTheStart() {
        assertThatThrownBy(() -> new Signatures(List.of("AAAA"), false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Signatures(List.of(), true)).isInstanceOf(IllegalArgumentException.class);
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(KeyPair pair) {
        return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    }

    private static String sign(KeyPair pair, String digest) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(digest.getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
