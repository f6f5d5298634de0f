package dev.penstock.server.source.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactedTest {
    private static final long SEED = 5;

    @ParameterizedTest
    @CsvSource({
        "https://a.org/m.onnx, https://a.org/m.onnx",
        "https://me:HIDDEN@a.org/m.onnx, https://a.org/m.onnx",
        "https://a.org/m?X-Amz-Signature=HIDDEN, https://a.org/m?…",
        "https://a.org/m#HIDDEN, https://a.org/m?…",
        "s3://HIDDEN@bucket/key, s3://bucket/key",
    })
    void messagesShowNoCredentials(String uri, String shown) {
        assertThat(Redacted.forMessage(uri)).isEqualTo(shown).doesNotContain("HIDDEN");
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.org/m?rev=3&sig=HIDDEN, https://a.org/m?rev=3&sig=REDACTED",
        "https://u:HIDDEN@a.org/m?rev=3, https://a.org/m?rev=3",
        "https://a.org/m?X-Amz-Credential=HIDDEN&versionId=7, https://a.org/m?X-Amz-Credential=REDACTED&versionId=7",
        "https://a.org/m#HIDDEN, https://a.org/m",
    })
    void theRecordKeepsWhatIsNoSecret(String uri, String recorded) {
        assertThat(Redacted.forRecord(uri)).isEqualTo(recorded);
    }

    @Test
    void anythingIsTakenAndNothingAfterAUserOrQueryGetsOut() {
        Random random = new Random(SEED);
        String alphabet = "ab:/?#@[]%&=.\\ \n\u0000é-";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder("https://");
            for (int i = random.nextInt(30); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String uri = text.toString();
            String shown = Redacted.forMessage(uri);
            assertThat(shown).as("round %d of seed %d", round, SEED).doesNotContainPattern("//[^/]*@");
            assertThat(shown.chars().anyMatch(Character::isISOControl)).isFalse();
            assertThat(Redacted.forRecord(uri)).doesNotContain("#");
        }
    }
}
