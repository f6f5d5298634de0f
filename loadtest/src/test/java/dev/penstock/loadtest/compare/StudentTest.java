package dev.penstock.loadtest.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentTest {
    /// From printed tables.
    @ParameterizedTest
    @CsvSource({
        "0.95, 1, 12.706",
        "0.95, 2, 4.303",
        "0.95, 3, 3.182",
        "0.95, 4, 2.776",
        "0.95, 19, 2.093",
        "0.95, 30, 2.042",
        "0.99, 9, 3.250",
        "0.99, 10, 3.169",
        "0.999, 5, 6.869",
        "0.999, 60, 3.460",
        "0.95, 100000, 1.960",
    })
    void boundsAreThoseOfTheTables(double confidence, int freedom, double expected) {
        assertThat(Student.bound(confidence, freedom)).isCloseTo(expected, within(0.0006));
    }
}
