package dev.penstock.monitor.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeedbackGateTest {
    private static final long NOW = 29_000_000;
    private static final long THIRTY_DAYS = 30 * 24 * 60;

    private final FeedbackToken tokens = new FeedbackToken(List.of(FeedbackTokenTest.key(1, 1)));
    private final FeedbackGate gate = gate();

    @Test
    void eachRowCountsOnce() {
        String token = tokens.sign(made(NOW, 3));

        assertThat(decide(token, 0, NOW).result()).isEqualTo(FeedbackResult.ACCEPTED);
        assertThat(decide(token, 1, NOW).result()).isEqualTo(FeedbackResult.ACCEPTED);
        FeedbackGate.Decision again = decide(token, 0, NOW + 5);
        assertThat(again.result()).isEqualTo(FeedbackResult.DUPLICATE);
        assertThat(again.reason()).isEqualTo("this was said of row 0 before");
    }

    @Test
    void labelsComeLateButNotTooLate() {
        assertThat(result(made(NOW - THIRTY_DAYS, 3))).isEqualTo(FeedbackResult.ACCEPTED);
        assertThat(result(made(NOW - THIRTY_DAYS - 1, 3))).isEqualTo(FeedbackResult.EXPIRED);
        assertThat(result(made(NOW + 2, 3))).isEqualTo(FeedbackResult.ACCEPTED);
        assertThat(result(made(NOW + 3, 3))).isEqualTo(FeedbackResult.INVALID);
    }

    @Test
    void whatIsTooLateIsNotRemembered() {
        String token = tokens.sign(made(NOW - THIRTY_DAYS - 1, 3));
        assertThat(decide(token, 0, NOW).result()).isEqualTo(FeedbackResult.EXPIRED);

        assertThat(decide(token, 0, NOW - 1).result()).isEqualTo(FeedbackResult.ACCEPTED);
    }

    @Test
    void rowsThatTheAnswerDidNotHaveAreRefused() {
        String token = tokens.sign(made(NOW, 3));

        assertThat(decide(token, 2, NOW).reason()).isEqualTo("row: 2 (expected: 0..1)");
        assertThat(decide(token, -1, NOW).result()).isEqualTo(FeedbackResult.INVALID);
    }

    @Test
    void otherPeoplesTokensAreRefused() {
        String forged = new FeedbackToken(List.of(FeedbackTokenTest.key(1, 2))).sign(made(NOW, 3));

        FeedbackGate.Decision decision = decide(forged, 0, NOW);
        assertThat(decision.result()).isEqualTo(FeedbackResult.INVALID);
        assertThat(decision.reason()).contains("not signed with a key of this server");
        String whole = "(expected: a whole token, as an answer has it)";
        assertThat(decide("?", 0, NOW).reason()).isEqualTo("token: not base64url " + whole);
        assertThat(decide("AQFd", 0, NOW).reason()).isEqualTo("token: 3 bytes " + whole);
    }

    @Test
    void versionsOfWhichNothingIsCountedAreSaidSo() {
        assertThat(result(made(NOW, 4))).isEqualTo(FeedbackResult.UNKNOWN);
    }

    @Test
    void whatCannotBeSaidCanBeSaidBetter() {
        String token = tokens.sign(made(NOW, 3));
        FeedbackGate.Decision wrong = gate.decide(token, 0, false, NOW, prediction -> "label: 9 (expected: 0..1)");
        assertThat(wrong.result()).isEqualTo(FeedbackResult.INVALID);
        assertThat(wrong.prediction()).isNotNull();
        assertThat(wrong.reason()).isEqualTo("label: 9 (expected: 0..1)");

        assertThat(decide(token, 0, NOW).result()).isEqualTo(FeedbackResult.ACCEPTED);
    }

    @Test
    void aRowHasALabelAndAReward() {
        String token = tokens.sign(made(NOW, 3));

        assertThat(decide(token, 0, NOW).result()).isEqualTo(FeedbackResult.ACCEPTED);
        assertThat(gate.decide(token, 0, true, NOW, prediction -> "").result()).isEqualTo(FeedbackResult.ACCEPTED);
        assertThat(gate.decide(token, 0, true, NOW, prediction -> "").result()).isEqualTo(FeedbackResult.DUPLICATE);
    }

    @Test
    void otherKeysAreBelievedFromThenOn() {
        FeedbackToken next = new FeedbackToken(List.of(FeedbackTokenTest.key(2, 2), FeedbackTokenTest.key(1, 1)));
        String token = next.sign(made(NOW, 3));
        assertThat(decide(token, 0, NOW).result()).isEqualTo(FeedbackResult.INVALID);

        gate.believe(next);
        assertThat(decide(token, 0, NOW).result()).isEqualTo(FeedbackResult.ACCEPTED);
        assertThat(result(made(NOW, 3))).isEqualTo(FeedbackResult.DUPLICATE);
    }

    private FeedbackResult result(Prediction prediction) {
        return decide(tokens.sign(prediction), 0, NOW).result();
    }

    private FeedbackGate.Decision decide(String token, int row, long now) {
        return gate.decide(token, row, false, now, prediction -> "");
    }

    private FeedbackGate gate() {
        return new FeedbackGate(
                tokens,
                new Repeats(1000),
                THIRTY_DAYS,
                prediction -> prediction.version() == 3 ? FeedbackResult.ACCEPTED : FeedbackResult.UNKNOWN);
    }

    private static Prediction made(long minute, long version) {
        List<Prediction.Row> rows = List.of(new Prediction.Row(1, 0.5f), new Prediction.Row(0, 0.1f));
        return new Prediction(FeedbackToken.modelHash("digits"), version, minute, (int) minute, 2, rows);
    }
}
