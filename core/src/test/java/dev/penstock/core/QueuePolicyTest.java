package dev.penstock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueuePolicyTest {
    private static final long NEVER = InferenceRequest.NO_DEADLINE;
    private static final long NOW = 1_000;

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # the level's timeout, override allowed, what the request asks for, how long it may wait
                    0,  true,  0,  0
                    0,  true,  7,  7
                    0,  false, 7,  0
                    5,  true,  0,  5
                    5,  true,  3,  3
                    5,  true,  7,  5
                    5,  false, 3,  5
                    """)
    void aRequestCanOnlyShortenItsWaitAndOnlyWhereItMay(long timeout, boolean override, long asked, long patience) {
        QueuePolicy rejecting = new QueuePolicy(0, timeout, false, override);
        QueuePolicy delaying = new QueuePolicy(0, timeout, true, override);
        long until = patience == 0 ? NEVER : NOW + patience;

        assertThat(rejecting.deadlineNanos(NEVER, asked, NOW)).isEqualTo(until);
        assertThat(rejecting.lateNanos(asked, NOW)).isEqualTo(NEVER);
        assertThat(delaying.deadlineNanos(NEVER, asked, NOW)).isEqualTo(NEVER);
        assertThat(delaying.lateNanos(asked, NOW)).isEqualTo(until);
    }

    @Test
    void theDeadlineOfTheCallCountsWhateverThePolicySays() {
        assertThat(new QueuePolicy(0, 5, false, false).deadlineNanos(NOW + 2, 0, NOW))
                .isEqualTo(NOW + 2);
        assertThat(new QueuePolicy(0, 5, false, false).deadlineNanos(NOW + 9, 0, NOW))
                .isEqualTo(NOW + 5);
        assertThat(new QueuePolicy(0, 5, true, false).deadlineNanos(NOW + 9, 0, NOW))
                .isEqualTo(NOW + 9);
    }

    @Test
    void clocksMayWrapAround() {
        long now = Long.MAX_VALUE - 1;

        assertThat(new QueuePolicy(0, 5, false, false).deadlineNanos(now + 9, 0, now))
                .isEqualTo(now + 5);
    }

    @Test
    void whatCannotBeIsRefusedWithItsValue() {
        assertThatThrownBy(() -> new QueuePolicy(-1, 0, false, true)).hasMessageContaining("maxRows: -1");
        assertThatThrownBy(() -> new QueuePolicy(0, -5, false, true)).hasMessageContaining("timeoutNanos: -5");
        assertThatThrownBy(() -> new QueueLevels(List.of(), 1)).hasMessageContaining("policies: 0");
        assertThatThrownBy(() -> QueueLevels.of(2, 3)).hasMessage("standard: 3 (expected: 1..2)");
    }

    @Test
    void aLevelThatDoesNotExistIsTheStandardOne() {
        QueueLevels levels = QueueLevels.of(3, 2);

        assertThat(levels.indexOf(1)).isZero();
        assertThat(levels.indexOf(3)).isEqualTo(2);
        assertThat(levels.indexOf(0)).isEqualTo(1);
        assertThat(levels.indexOf(4)).isEqualTo(1);
    }
}
