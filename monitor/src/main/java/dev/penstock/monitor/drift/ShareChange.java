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
        double p = kind == Kind.UNSEEN
                ? UnseenCategories.pValue(baseline, m, window, n)
                : ProportionTest.of(baseline, m, window, n).pValue();
        double before = (double) baseline / (double) m;
        double now = (double) window / (double) n;
        return new ShareChange(kind, before, now, window, p);
    }

    /// Only what grows is of interest: fewer missing values are no fault.
    ///
    /// @param level of significance
    DriftStatus status(DriftRules rules, double level) {
        double growth = window - baseline;
        if (p > level || growth <= 0) {
            return DriftStatus.OK;
        }
        if (growth > rules.criticalShare()) {
            return DriftStatus.CRITICAL;
        }
        return growth > rules.warnShare() ? DriftStatus.WARNING : DriftStatus.NOTICE;
    }
}
