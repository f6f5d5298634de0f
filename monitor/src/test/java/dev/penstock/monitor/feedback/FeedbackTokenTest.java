package dev.penstock.monitor.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.monitor.feedback.FeedbackToken.Reading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedbackTokenTest {
    private static final TokenKey FIRST = key(1, 7);
    private static final TokenKey SECOND = key(2, 8);

    private final FeedbackToken tokens = new FeedbackToken(List.of(FIRST));

    @Test
    void whatWasSignedIsReadBack() {
        Random random = new Random(20_261_122);
        for (int round = 0; round < 2_000; round++) {
            Prediction prediction = random(random);

            String token = tokens.sign(prediction);

            assertThat(new FeedbackToken(List.of(FIRST)).read(token))
                    .as("round %d", round)
                    .isEqualTo(new Reading.Valid(prediction));
        }
    }

    @Test
    void oneRowTakesFewCharacters() {
        List<Prediction.Row> one = List.of(new Prediction.Row(9, 0.93f));
        Prediction prediction = new Prediction(-1, 3, 29_000_000, -1, 10, one);

        assertThat(tokens.sign(prediction)).hasSize(51).matches("[A-Za-z0-9_-]+");
    }

    @Test
    void anArmTakesAFewMore() {
        List<Prediction.Row> one = List.of(new Prediction.Row(9, 0.93f));
        Prediction dealt = new Prediction(-1, 3, 29_000_000, -1, 1, 77, 655, 63, 10, one);

        assertThat(tokens.sign(dealt)).hasSize(56);
        assertThat(tokens.read(tokens.sign(dealt))).isEqualTo(new Reading.Valid(dealt));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4711})
    void noBitOfATokenCanBeChanged(int route) {
        List<Prediction.Row> rows = List.of(new Prediction.Row(9, 0.93f), new Prediction.Row(2, 0.4f));
        byte[] signed = Base64.getUrlDecoder()
                .decode(tokens.sign(new Prediction(-1, 3, 29_000_000, -1, 1, route, 655, 63, 10, rows)));
        for (int bit = 0; bit < signed.length * 8; bit++) {
            byte[] changed = signed.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(tokens.read(text(changed))).as("bit %d", bit).isEqualTo(new Reading.Forged());
        }
    }

    @Test
    void whatIsNoTokenIsSaidToBeNone() {
        byte[] signed = Base64.getUrlDecoder().decode(tokens.sign(random(new Random(2))));

        assertThat(tokens.read("")).isInstanceOf(Reading.Malformed.class);
        assertThat(tokens.read("what?")).isInstanceOf(Reading.Malformed.class);
        assertThat(tokens.read("A".repeat(100_000))).isInstanceOf(Reading.Malformed.class);
        for (int length = 1; length < signed.length; length++) {
            assertThat(tokens.read(text(Arrays.copyOf(signed, length))))
                    .as("length %d", length)
                    .isNotInstanceOf(Reading.Valid.class);
        }
    }

    @Test
    void aKeyIsBelievedBeforeItSigns() {
        Prediction prediction = random(new Random(3));
        String before = tokens.sign(prediction);
        String after = new FeedbackToken(List.of(SECOND, FIRST)).sign(prediction);

        assertThat(tokens.read(after)).isEqualTo(new Reading.Forged());
        FeedbackToken both = new FeedbackToken(List.of(FIRST, SECOND));
        assertThat(both.read(before)).isEqualTo(new Reading.Valid(prediction));
        assertThat(both.read(after)).isEqualTo(new Reading.Valid(prediction));
    }

    @Test
    void keysThatAreNoneAreRefused() {
        assertThatThrownBy(() -> new FeedbackToken(List.of())).hasMessageContaining("no token keys");
        assertThatThrownBy(() -> new FeedbackToken(List.of(FIRST, key(1, 9)))).hasMessageContaining("the id 1");
        assertThatThrownBy(() -> new TokenKey(1, new byte[31])).hasMessageContaining("31 bytes");
        assertThat(FIRST).hasToString("token key 1");
    }

    /// The published test vectors of FNV-1a, 64 bits.
    @Test
    void namesAreHashedAsPublished() {
        assertThat(FeedbackToken.modelHash("")).isEqualTo(0xcbf29ce484222325L);
        assertThat(FeedbackToken.modelHash("a")).isEqualTo(0xaf63dc4c8601ec8cL);
        assertThat(FeedbackToken.modelHash("foobar")).isEqualTo(0x85944171f73967e8L);
    }

    private static Prediction random(Random random) {
        List<Prediction.Row> rows = new ArrayList<>();
        int count = 1 + random.nextInt(Prediction.MOST_ROWS);
        for (int i = 0; i < count; i++) {
            int predicted = random.nextInt(4) == 0 ? random.nextInt(Integer.MAX_VALUE) : random.nextInt(11) - 1;
            float score = random.nextInt(4) == 0 ? Float.NaN : random.nextFloat() * 4 - 2;
            rows.add(new Prediction.Row(predicted, score));
        }
        return new Prediction(
                random.nextLong(),
                1 + (random.nextLong() >>> (1 + random.nextInt(62))),
                random.nextInt(Integer.MAX_VALUE),
                random.nextInt(),
                random.nextInt(256),
                random.nextBoolean() ? 0 : random.nextInt(),
                random.nextInt(65_536),
                random.nextInt(64),
                random.nextInt(3) == 0 ? random.nextInt(Integer.MAX_VALUE) : random.nextInt(4),
                rows);
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static TokenKey key(int id, int fill) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) fill);
        return new TokenKey(id, secret);
    }
}
