package dev.penstock.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
    @Test
    void aLinearAxisHasRoundTicks() {
        Axis axis = Axis.fromZero("x", 4000, Figures::rate);

        assertThat(axis.ticks()).containsExactly(0.0, 1000.0, 2000.0, 3000.0, 4000.0, 5000.0);
        assertThat(axis.place(2500)).isEqualTo(0.5);
    }

    @Test
    void aLogarithmicAxisHasEqualDecades() {
        Axis axis = Axis.logarithmic("x", 10, 100_000, Figures::micros);

        assertThat(axis.ticks()).containsExactly(10.0, 100.0, 1000.0, 10_000.0, 100_000.0);
        assertThat(axis.place(1000)).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void nineIsAsFarFromNineAsTheNext() {
        Axis axis = Axis.nines("x", 0.9999);

        assertThat(axis.place(0.9)).isCloseTo(0.25, within(1e-9));
        assertThat(axis.place(0.99)).isCloseTo(0.5, within(1e-9));
        assertThat(axis.figure().apply(0.999)).isEqualTo("99.9 %");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "1e-9, 3e9", "7, 7", "950, 1050", "0.4, 0.5"})
    void everyValueIsOnItsAxis(double least, double most) {
        for (Axis axis :
                new Axis[] {Axis.fromZero("x", most, Figures::rate), Axis.logarithmic("x", least, most, Figures::rate)
                }) {
            assertThat(axis.place(least)).isBetween(0.0, 1.0);
            assertThat(axis.place(most)).isBetween(axis.place(least), 1.0);
            assertThat(axis.ticks()).hasSizeBetween(1, 20);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0;0 us",
                "0.5;0.500 us",
                "812.4;812 us",
                "999.6;1.00 ms",
                "12345;12.3 ms",
                "1500000;1.50 s",
                "NaN;-"
            })
    void timesHaveThreeDigits(double micros, String text) {
        assertThat(Figures.micros(micros)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 %", "1e-9, <0.001 %", "0.00123, 0.123 %", "0.5, 50.0 %", "1, 100 %", "NaN, -"})
    void sharesArePercentages(double share, String text) {
        assertThat(Figures.percent(share)).isEqualTo(text);
    }
}
