package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmingTest {
    @Test
    void oneDisturbedTurnDoesNotEndIt() {
        Warming warming = new Warming(3);

        assertThat(warming.gains(90)).isTrue();
        assertThat(warming.gains(70)).isTrue();
        assertThat(warming.gains(95)).isTrue();
        assertThat(warming.gains(69)).isTrue();
        assertThat(warming.gains(50)).isTrue();
    }

    @Test
    void threeTurnsWithoutGainEndIt() {
        Warming warming = new Warming(3);

        assertThat(warming.gains(50)).isTrue();
        assertThat(warming.gains(49.5)).isTrue();
        assertThat(warming.gains(60)).isTrue();
        assertThat(warming.gains(49)).isFalse();
    }

    @Test
    void itEndsHoweverMuchIsGained() {
        Warming warming = new Warming(3);
        int turns = 1;
        for (double micros = 1e6; warming.gains(micros); micros /= 2) {
            turns++;
        }

        assertThat(turns).isEqualTo(10);
    }
}
