package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @Test
    void theMedianLeavesOutWhatWasNotMeasured() {
        assertThat(Numbers.median(3, Double.NaN, 1, 2)).isEqualTo(2);
        assertThat(Numbers.median(4, 1, 2, 3)).isEqualTo(2.5);
        assertThat(Numbers.median(Double.NaN)).isNaN();
    }

    @Test
    void theConfidenceIntervalIsStudents() {
        // A textbook's: mean 5, deviation 2.13809, t(7) 2.365.
        assertThat(Numbers.confidence(2, 4, 4, 4, 5, 5, 7, 9)).isCloseTo(1.788, within(0.001));
        assertThat(Numbers.confidence(1)).isNaN();
        assertThat(Numbers.confidence(5, 5, 5)).isZero();
    }

    /// Tables of binomial ranks for 60 values: the 22nd and the 39th.
    @Test
    void theMediansIntervalIsOfRanks() {
        double[] upTo60 = IntStream.rangeClosed(1, 60).mapToDouble(i -> 61 - i).toArray();

        assertThat(Numbers.medianBetween(upTo60)).containsExactly(22, 39);
        assertThat(Numbers.medianBetween(1, 2, 3)).containsOnly(Double.NaN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"2.8149 | 2.81", "28.149 | 28.1", "281.49 | 281", "28149 | 28,100", "-8649 | -8,650", "0 | 0.00"})
    void numbersAreShownWithThreeDigits(double value, String text) {
        assertThat(Numbers.text(value)).isEqualTo(text);
    }
}
