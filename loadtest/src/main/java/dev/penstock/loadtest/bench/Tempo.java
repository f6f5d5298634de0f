package dev.penstock.loadtest.bench;

import java.time.Duration;

/// How long things are measured.
///
/// @param rounds in which contestants take turns
/// @param measured of one turn
/// @param begin of one turn, not counted
/// @param firstWarmUp the least for a server that nobody asked yet
/// @param warmUp of another way to ask it
/// @param inVain so many turns one after another that cost no less: a server that nobody asked yet is
///     warm
/// @param pairs of served and direct runs of the large model
/// @param overload how long a server is asked for twice of what it can do
/// @param idle how long loaded models are watched that nobody asks
public record Tempo(
        String name,
        int rounds,
        Duration measured,
        Duration begin,
        Duration firstWarmUp,
        Duration warmUp,
        int inVain,
        int pairs,
        Duration overload,
        Duration idle) {
    static final Tempo FULL = new Tempo(
            "full",
            5,
            Duration.ofSeconds(4),
            Duration.ofMillis(500),
            Duration.ofSeconds(25),
            Duration.ofSeconds(6),
            3,
            20,
            Duration.ofSeconds(60),
            Duration.ofSeconds(30));
    /// Shows that it works; the numbers mean nothing.
    static final Tempo SMOKE = new Tempo(
            "smoke",
            1,
            Duration.ofMillis(300),
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(100),
            3,
            2,
            Duration.ofSeconds(2),
            Duration.ofMillis(100));
    static final Tempo QUICK = new Tempo(
            "quick",
            3,
            Duration.ofMillis(700),
            Duration.ofMillis(150),
            Duration.ofSeconds(2),
            Duration.ofMillis(700),
            2,
            6,
            Duration.ofSeconds(10),
            Duration.ofSeconds(2));

    /// Whether what is judged by no bar is measured shortly, or at one task only.
    boolean isQuick() {
        return name.equals(QUICK.name);
    }

    boolean isSmoke() {
        return name.equals(SMOKE.name);
    }

    /// Whether it is for a server that nobody asked yet.
    boolean isFirst() {
        return warmUp.equals(firstWarmUp);
    }

    /// The same with more or fewer rounds.
    Tempo withRounds(int number) {
        return new Tempo(name, number, measured, begin, firstWarmUp, warmUp, inVain, pairs, overload, idle);
    }

    /// The same, for a server that nobody asked yet.
    public Tempo atFirst() {
        return new Tempo(name, rounds, measured, begin, firstWarmUp, firstWarmUp, inVain, pairs, overload, idle);
    }
}
