package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Replica;
import dev.penstock.monitor.recording.Window;
import dev.penstock.monitor.recording.WindowSettings;
import dev.penstock.monitor.recording.Windows;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What becomes of another server's life that is not known.
class VersionShareTest {
    private static final ModelKey KEY = new ModelKey("m", 1);
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long BEGIN = 1_000_000 * HOUR;
    private static final Duration LAST_HOUR = Duration.ofHours(1);

    private final RecordingMemory memory = new RecordingMemory(1 << 20);
    private final Windows windows = new Windows(CountedRows.PLAN, WindowSettings.STANDARD, BEGIN);
    private final VersionShare share = new VersionShare(KEY, windows, new Replica("here", BEGIN), memory);

    private static SharedWindow window(long epochMillis, long atMillis, long rows) {
        Baseline counts = Baseline.of("m", Baseline.Origin.CAPTURED, CountedRows.rows(rows), atMillis);
        return new SharedWindow(KEY, new Replica("there", epochMillis), atMillis, rows, counts);
    }

    /// That has ended by then.
    private long subWindow(long nowMillis) {
        Window ended = windows.close(nowMillis);
        return ended == null ? -1 : ended.counts().recorded();
    }

    @Test
    void whatALifeCountsThatBeganSinceIsOfTheSubWindow() {
        share.seeded();
        long now = BEGIN + HOUR;

        assertThat(share.news(window(now - 6 * MINUTE, now, 100), now)).isTrue();

        assertThat(subWindow(now + 5 * MINUTE)).isEqualTo(100);
        assertThat(windows.last(LAST_HOUR, now).counts().recorded()).isEqualTo(100);
    }

    @Test
    void whatALifeTellsFirstThatWasQuietUntilThenIsOfTheSubWindow() {
        share.seeded();
        long now = BEGIN + HOUR;

        assertThat(share.news(window(BEGIN - 2 * HOUR, now, 100), now)).isTrue();

        assertThat(subWindow(now + 5 * MINUTE)).isEqualTo(100);
    }

    @Test
    void whatALifeCountedThatIsOlderThanWhatIsKnownIsOfNoSubWindow() {
        share.seeded();
        long now = BEGIN + HOUR;

        assertThat(share.news(window(BEGIN - 48 * HOUR, now, 1_000_000), now)).isTrue();
        assertThat(share.news(window(BEGIN - 48 * HOUR, now + 5 * MINUTE, 1_000_100), now + 5 * MINUTE))
                .isTrue();

        assertThat(subWindow(now + 5 * MINUTE)).isEqualTo(100);
    }

    @Test
    void aLifeThatWasSilentForLongerThanAnyWindowBringsNothingOfTheTimeBefore() {
        share.seeded();
        assertThat(share.news(window(BEGIN + MINUTE, BEGIN + 6 * MINUTE, 1_000_000), BEGIN + 6 * MINUTE))
                .isTrue();
        assertThat(subWindow(BEGIN + 10 * MINUTE)).isEqualTo(1_000_000);
        long now = BEGIN + 26 * HOUR;
        assertThat(subWindow(now)).isZero();
        assertThat(windows.replicas()).isEmpty();

        assertThat(share.news(window(BEGIN + MINUTE, now, 1_000_100), now)).isTrue();

        assertThat(subWindow(now + 5 * MINUTE)).isZero();
        assertThat(windows.last(LAST_HOUR, now + 5 * MINUTE).counts().recorded())
                .isZero();
    }

    @Test
    void aLifeThatFoundNoRoomBringsNothingOfThatTime() {
        share.seeded();
        long all = memory.maxBytes() - memory.reservedBytes();
        assertThat(memory.tryReserve(all)).isTrue();
        long full = BEGIN + 2 * HOUR;
        assertThat(share.news(window(BEGIN + HOUR, full, 1_000_000), full)).isFalse();
        memory.release(all);

        long now = full + 5 * MINUTE;
        assertThat(share.news(window(BEGIN + HOUR, now, 1_000_100), now)).isTrue();

        assertThat(subWindow(now + 5 * MINUTE)).isZero();
    }
}
