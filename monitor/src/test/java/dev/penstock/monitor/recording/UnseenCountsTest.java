package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnseenCountsTest {
    @Test
    void valuesThatAreNotKnownAreCountedOnceEach() {
        Recorded version = new Recorded(Recorded.signature(DataType.INT64));
        version.ran(Recorded.run(1).longs(1));
        Categories known = Categories.of(List.of(Category.of(1)), List.of(Category.of(2)));
        assertThat(version.recording.know(new Known(Map.of(), Map.of("output:y", known), Map.of())))
                .isTrue();
        assertThat(version.recording.unseen()).isEmpty();

        version.ran(Recorded.run(6).longs(1, 2, 7, 8, 7, 9));
        version.ran(Recorded.run(1).longs(8));
        long _ = version.recording.learn();

        assertThat(version.recording.unseen()).isEqualTo(Map.of("output:y", 3L));
        assertThat(version.count("output:y", Feature.Categorical.UNSEEN)).isEqualTo(5);
    }

    @Test
    void textsAreToldApartWithoutBeingKept() {
        Recorded version = new Recorded(Recorded.signature(DataType.BYTES));
        version.ran(Recorded.run(1).texts("rome"));
        Categories known = Categories.of(List.of(Category.of("rome")), List.of());
        assertThat(version.recording.know(new Known(Map.of(), Map.of("output:y", known), Map.of())))
                .isTrue();

        version.ran(Recorded.run(4).texts("rome", "oslo", "oslo", "bonn"));
        long _ = version.recording.learn();

        assertThat(version.recording.unseen()).isEqualTo(Map.of("output:y", 2L));
    }
}
