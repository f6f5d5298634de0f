package dev.penstock.monitor.quality;

/// How likely what had some chance by its score comes true, never falling as that rises. Immutable.
public final class Calibration {
    private final double[] chances;
    private final boolean fine;

    /// @param chances by place of [FineLabels], or by bin of [BinnedLabels]
    Calibration(double[] chances, boolean fine) {
        this.chances = chances;
        this.fine = fine;
    }

    /// @param score 0 to 1
    public double of(double score) {
        return chances[fine ? FineLabels.place(score) : BinnedLabels.bin(score)];
    }
}
