package dev.penstock.router.simulation;

import dev.penstock.monitor.statistics.Binomial;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/// When one rule rolled each of many canaries back.
final class Outcome {
    private final String name;
    private final Supplier<Rule> rules;
    private final int[] minutes;
    private int canaries;
    private int rolledBack;
    private int proven;

    /// @param rules a new one for each canary
    Outcome(String name, int most, Supplier<Rule> rules) {
        this.name = name;
        this.rules = rules;
        this.minutes = new int[most];
    }

    Watch watch() {
        return new Watch(rules.get());
    }

    String name() {
        return name;
    }

    /// The share that was rolled back.
    double share() {
        return (double) rolledBack / (double) canaries;
    }

    /// The share that was rolled back after so many minutes.
    double shareBy(int minute) {
        return (double) Arrays.stream(minutes, 0, canaries)
                        .filter(at -> at <= minute)
                        .count()
                / (double) canaries;
    }

    /// Whether it may be that each is rolled back with that chance or less: false where so many would come
    /// once in a thousand times.
    boolean mayBe(double chance) {
        return Binomial.atLeast(rolledBack, canaries, chance) > 0.001;
    }

    /// The share that was proven to be no worse at the end.
    double proven() {
        return (double) proven / (double) canaries;
    }

    /// Of all canaries, in minutes; infinite if fewer than half were rolled back.
    double median() {
        int[] sorted = Arrays.copyOf(minutes, canaries);
        Arrays.sort(sorted);
        int middle = sorted[canaries / 2];
        return middle == Integer.MAX_VALUE ? Double.POSITIVE_INFINITY : middle;
    }

    /// The share, and the minute at which half had been.
    @Override
    public String toString() {
        String found = String.format(Locale.ROOT, "%.0f %%", 100 * share());
        return Double.isInfinite(median()) ? found : String.format(Locale.ROOT, "%s, %.0f min", found, median());
    }

    /// One canary under this rule. For one thread but for [Seen#count], which is the outcome's.
    final class Watch {
        private final Rule rule;
        private int at = Integer.MAX_VALUE;

        private Watch(Rule rule) {
            this.rule = rule;
        }

        /// Whether it still serves.
        boolean goesOn(int minute, Minute seen) {
            if (at == Integer.MAX_VALUE && rule.rollsBack(seen)) {
                at = minute + 1;
            }
            return at == Integer.MAX_VALUE;
        }

        /// What is kept when it is over.
        Seen seen() {
            boolean stays = at == Integer.MAX_VALUE;
            return new Seen(Outcome.this, at, stays && rule instanceof EvidenceRule evidence && evidence.isProven());
        }
    }

    /// One canary of the past.
    ///
    /// @param at the minute in which it was rolled back, or the largest number
    /// @param isProven whether it was to the end no worse
    record Seen(Outcome outcome, int at, boolean isProven) {
        void count() {
            outcome.minutes[outcome.canaries++] = at;
            outcome.rolledBack += at == Integer.MAX_VALUE ? 0 : 1;
            outcome.proven += isProven ? 1 : 0;
        }
    }
}
