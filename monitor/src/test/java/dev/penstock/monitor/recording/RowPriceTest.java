package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RowPriceTest {
    private final RowPrice price = new RowPrice();

    @Test
    void coldRunsAreNotTimed() {
        for (int i = 1; i < RowPrice.TIMED_EVERY; i++) {
            assertThat(price.next()).isFalse();
        }
        assertThat(price.next()).isTrue();
    }

    @Test
    void whatWasDearOnceIsForgotten() {
        price.took(1_000_000, 10);
        assertThat(price.nanos()).isEqualTo(100_000);
        for (int i = 0; i < 3; i++) {
            price.took(5_000, 10);
        }
        assertThat(price.nanos()).as("the best of the first").isEqualTo(500);

        for (int i = 0; i < 60; i++) {
            price.took(400, 10);
        }

        assertThat(price.nanos()).isBetween(40.0, 41.0);
        assertThat(price.rows()).isEqualTo(640);
    }

    @Test
    void oneRunThatWasHeldUpCountsLittleAndManyCountFully() {
        for (int i = 0; i < 4; i++) {
            price.took(100, 1);
        }

        price.took(10_000_000, 1);
        assertThat(price.nanos()).isEqualTo(137.5);

        for (int i = 0; i < 100; i++) {
            price.took(10_000, 1);
        }
        assertThat(price.nanos()).isBetween(9_900.0, 10_000.0);
    }

    @Test
    void runsOfWhichNoRowIsRecordedAddNothing() {
        AtomicLong time = new AtomicLong();
        VersionRecording recording = new VersionRecording(
                new ModelKey("m", 1),
                Recorded.SCORES,
                MonitorSettings.STANDARD,
                1,
                new RecordingMemory(Recorded.MUCH),
                () -> time.addAndGet(70));
        recording.sample(4);
        FakeRun run = Recorded.run(1).floats(1, 0, 0);
        for (int i = 0; i < 100 * RowPrice.TIMED_EVERY; i++) {
            recording.ran(0, run);
        }

        assertThat(recording.nanosPerRow()).isEqualTo(70);
        assertThat(recording.nanosPerRow()).as("nothing was timed since").isEqualTo(70);
    }
}
