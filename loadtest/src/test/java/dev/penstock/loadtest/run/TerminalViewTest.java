package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.latency.LatencyCounts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalViewTest {
    private static final int WINDOWS = 70;

    private static String drawn(@Nullable String columns) {
        StringWriter text = new StringWriter();
        TerminalView view = new TerminalView(new PrintWriter(text), columns);
        view.began("concurrency 64 with a name that is rather long, max-batch-size 32", "closed loop, 64 under way");
        view.phase("warming up for 2s, then measuring");
        for (int second = 0; second < WINDOWS; second++) {
            LatencyCounts latency = new LatencyCounts();
            latency.add(123_000_000);
            latency.add(876_000_000L + second * 1_000_000L);
            view.window(new LoadWindow(
                    Duration.ofSeconds(second), Duration.ofSeconds(1), 2, 2, 0, 0, latency.toLatencies()));
        }
        return text.toString().replaceAll("\u001b\\[\\d*[A-Z]|\r", "");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 80, 100, 132})
    void noLineIsLongerThanTheTerminalIsWide(int columns) {
        assertThat(drawn(Integer.toString(columns)).lines()).allMatch(line -> line.length() < columns);
    }

    @Test
    void picturesAreAsWideAsFits() {
        assertThat(drawn("80")).contains("each second, up to 945 ms\n", "to 945 ms, logarithmic\n");
        assertThat(drawn("132").lines()).anyMatch(line -> line.length() > 100);
    }

    @Test
    void withoutAWidthItIsTheUsualOne() {
        assertThat(drawn(null)).isEqualTo(drawn("80"));
        for (String none : List.of("", "wide", "0", "-5", "99999999999")) {
            assertThat(drawn(none)).as("%s", none).isEqualTo(drawn("80"));
        }
    }
}
