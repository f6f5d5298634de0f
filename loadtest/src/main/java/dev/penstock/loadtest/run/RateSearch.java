package dev.penstock.loadtest.run;

import dev.penstock.loadtest.scenario.Search;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.OptionalDouble;

/// Looks for the highest rate that keeps an SLO: doubles it until it does not, then halves what is left between
/// the highest that did and the lowest that did not. A doubtful step is done again, until two say the same or one
/// is beyond doubt; so is the first that breaks, as one bad moment would otherwise cost half of the range.
///
/// Only decides: it starts nothing and reads no clock. Not thread safe.
final class RateSearch {
    /// No rate below it is tried.
    static final double LEAST_PER_SECOND = 1;

    private static final int AGREEING = 2;
    private static final MathContext THREE_DIGITS = new MathContext(3);

    private final Search search;
    private double kept;
    private double broken = Double.POSITIVE_INFINITY;
    private double trying;
    private int keptVotes;
    private int brokenVotes;
    private int steps;

    /// How a step went.
    enum Vote {
        KEPT,
        DOUBTFULLY_KEPT,
        DOUBTFULLY_BROKEN,
        BROKEN;

        boolean isKept() {
            return this == KEPT || this == DOUBTFULLY_KEPT;
        }

        /// The same, not beyond doubt.
        Vote doubted() {
            return isKept() ? DOUBTFULLY_KEPT : DOUBTFULLY_BROKEN;
        }

        boolean isDoubtful() {
            return this == DOUBTFULLY_KEPT || this == DOUBTFULLY_BROKEN;
        }
    }

    RateSearch(Search search) {
        this.search = search;
        this.trying = Math.min(search.fromPerSecond(), search.toPerSecond());
    }

    /// @return the rate to try, in requests per second; empty if the search is over
    OptionalDouble next() {
        return steps < search.most() && trying > 0 ? OptionalDouble.of(trying) : OptionalDouble.empty();
    }

    /// How often the next rate has been tried.
    int attempts() {
        return keptVotes + brokenVotes;
    }

    /// Tells how the step at the next rate went.
    void voted(Vote vote) {
        steps++;
        if (vote.isKept()) {
            keptVotes++;
        } else {
            brokenVotes++;
        }
        boolean beyondDoubt = !vote.isDoubtful() && (vote.isKept() || broken < Double.POSITIVE_INFINITY);
        if (!beyondDoubt && keptVotes < AGREEING && brokenVotes < AGREEING) {
            return;
        }
        if (vote.isKept()) {
            kept = trying;
        } else {
            broken = trying;
        }
        keptVotes = 0;
        brokenVotes = 0;
        trying = following();
    }

    /// 0 if nothing is left to try.
    private double following() {
        if (broken == Double.POSITIVE_INFINITY) {
            return kept >= search.toPerSecond() ? 0 : Math.min(2 * kept, search.toPerSecond());
        }
        if (kept == 0) {
            double half = broken / 2;
            return half >= LEAST_PER_SECOND ? half : 0;
        }
        return broken / kept <= 1 + search.precision() ? 0 : rounded(Math.sqrt(kept * broken));
    }

    /// To three digits, where that does not leave the range: people have to read it.
    private double rounded(double rate) {
        double round = new BigDecimal(rate).round(THREE_DIGITS).doubleValue();
        return round > kept && round < broken ? round : rate;
    }

    /// The highest rate that was kept, 0 if none was.
    double highestKept() {
        return kept;
    }

    /// The lowest rate that was not kept, infinite if all were.
    double lowestBroken() {
        return broken;
    }

    /// Whether it ended because it had done as many steps as it may.
    boolean ranOut() {
        return steps >= search.most() && trying > 0;
    }
}
