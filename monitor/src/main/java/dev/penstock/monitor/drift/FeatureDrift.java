package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Feature;
import java.util.List;

/// What is known of one feature of one window.
///
/// @param feature which, with the edges or categories that both were counted by
/// @param baselineCount values of the baseline, however they were
/// @param count the same of the window
/// @param status the worst of its distribution and its shares
/// @param distribution [Distribution#UNKNOWN] if there are too few values
/// @param shares of values that should be rare; none if there are too few values
/// @param reasons those of them that alone make the status what it is; none if it is the distribution's
/// @param means [MeanComparison#UNKNOWN] of categories, or if there are too few values
/// @param bins of the baseline and of the window, for pictures
public record FeatureDrift(
        Feature feature,
        long baselineCount,
        long count,
        DriftStatus status,
        Distribution distribution,
        List<ShareChange> shares,
        List<ShareChange> reasons,
        MeanComparison means,
        BinPair bins) {
    /// The same slots of both: bins of numbers, below the range first and above it last, or categories, of
    /// which the first is all that is known and not counted for itself.
    public static final class BinPair {
        private final long[] baseline;
        private final long[] window;

        public BinPair(long[] baseline, long[] window) {
            this.baseline = baseline;
            this.window = window;
        }

        public int size() {
            return baseline.length;
        }

        public long baseline(int bin) {
            return baseline[bin];
        }

        public long window(int bin) {
            return window[bin];
        }
    }

    public FeatureDrift {
        shares = List.copyOf(shares);
        reasons = List.copyOf(reasons);
    }

    public String name() {
        return feature.name();
    }

    /// Whether it speaks for clearing an alarm: it is none, and not near one.
    boolean isCalm(DriftRules rules) {
        return !status.alarming() && !(distribution.psiCorrected() > DriftRules.CALM_PART * rules.warnPsi());
    }
}
