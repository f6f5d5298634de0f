package dev.penstock.monitor.drift;

import dev.penstock.monitor.statistics.ProportionTest;
import dev.penstock.monitor.statistics.UnseenCategories;

/// How often values of a feature are of a kind that they should rarely be.
///
/// @param kind which
/// @param baseline its share of the baseline's values
/// @param window its share of the window's
/// @param count of the window's
/// @param p how likely so many are, if nothing changed
public record ShareChange(Kind kind, double baseline, double window, long count, double p) {
    /// How likely it may be at most that one as large is chance, for an alarm. A share is looked at every five
    /// minutes and is held against one that is an estimate itself, whose error is in all looks alike: at the
    /// level of a notice two of three looks come by chance several times a month.
    private static final double ALARM_LEVEL = 1e-4;

    /// What is wrong with a value.
    public enum Kind {
        /// The tensor was left out, or had no class.
        MISSING("missing"),
        NAN("nan"),
        /// Of either sign.
        INFINITE("inf"),
        BELOW_RANGE("below"),
        ABOVE_RANGE("above"),
        /// A category that the baseline does not have.
        UNSEEN("unseen");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /// As answers have it.
        public String text() {
            return text;
        }
    }

    /// @param m values of the baseline, positive
    /// @param n values of the window, positive
    static ShareChange of(Kind kind, long baseline, long m, long window, long n) {
        double p = kind == Kind.UNSEEN ? unseen(baseline, m, window, n) : shares(baseline, m, window, n);
        double before = (double) baseline / (double) m;
        double now = (double) window / (double) n;
        return new ShareChange(kind, before, now, window, p);
    }

    /// The bound on the baseline's share is one of 95 %, so that where it has some the shares have to differ as
    /// well: of a window much larger than the baseline the bound alone would be passed for one in twenty.
    private static double unseen(long baseline, long m, long window, long n) {
        double p = UnseenCategories.pValue(baseline, m, window, n);
        return baseline == 0 ? p : Math.max(p, shares(baseline, m, window, n));
    }

    private static double shares(long baseline, long m, long window, long n) {
        return ProportionTest.of(baseline, m, window, n).pValue();
    }

    /// Only what grows is of interest: fewer missing values are no fault.
    ///
    /// @param level of significance
    DriftStatus status(DriftRules rules, double level) {
        double growth = window - baseline;
        if (p > level || growth <= 0) {
            return DriftStatus.OK;
        }
        if (p > ALARM_LEVEL) {
            return DriftStatus.NOTICE;
        }
        if (growth > rules.criticalShare()) {
            return DriftStatus.CRITICAL;
        }
        return growth > rules.warnShare() ? DriftStatus.WARNING : DriftStatus.NOTICE;
    }
}
