package dev.penstock.router.shadow;

import java.util.ArrayList;
import java.util.List;

/// How far the numbers of two versions' answers are apart: of each answer the largest difference, in the
/// classes of [DifferenceScale]. Pure.
///
/// @param answers that have numbers
/// @param bins that any is in, the smallest differences first
public record DifferenceBins(long answers, List<Bin> bins) {
    public DifferenceBins {
        bins = List.copyOf(bins);
    }

    /// Some answers.
    ///
    /// @param above what their differences are; NaN for those that are none
    /// @param upTo what they are at most; infinite where that is not known, or one is no number
    public record Bin(double above, double upTo, long answers) {}

    static DifferenceBins of(List<Long> counts) {
        long answers = 0;
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            long some = counts.get(i);
            answers += some;
            if (some > 0) {
                double above = i == 0 ? Double.NaN : DifferenceScale.upper(i - 1);
                bins.add(new Bin(above, DifferenceScale.upper(i), some));
            }
        }
        return new DifferenceBins(answers, bins);
    }

    /// What that part of the differences is at most, as far as classes tell: the upper end of one.
    ///
    /// @param q 1 for the largest of them
    /// @return NaN of none; infinite as the last class is
    public double quantile(double q) {
        double rank = q * (double) answers;
        long before = 0;
        for (Bin bin : bins) {
            before += bin.answers();
            if ((double) before >= rank) {
                return bin.upTo();
            }
        }
        return Double.NaN;
    }
}
