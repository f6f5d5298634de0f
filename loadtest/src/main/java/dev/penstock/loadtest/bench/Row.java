package dev.penstock.loadtest.bench;

/// One number that is to be reached.
///
/// @param value what was measured, in `unit`; NaN if it was not
/// @param measured the same as text, with what it was made of
/// @param bar what must be reached
public record Row(String what, double value, String unit, String measured, String bar, Verdict verdict) {
    /// @param reached false also for what was not measured
    public record Verdict(boolean reached, String text) {}

    public static Row missing(String what, String bar, String reason) {
        return new Row(what, Double.NaN, "", "not measured: " + reason, bar, new Verdict(false, "not measured"));
    }

    public static Row atMost(String what, double value, String unit, String detail, double bar) {
        return new Row(
                what,
                value,
                unit,
                text(value, unit, detail),
                "<= " + Numbers.text(bar) + " " + unit,
                below(value, bar));
    }

    public static Row atLeast(String what, double value, String unit, String detail, double bar) {
        Verdict verdict = value >= bar
                ? new Verdict(true, "reached")
                : new Verdict(false, "missed by " + Numbers.percent(1 - value / bar));
        return new Row(what, value, unit, text(value, unit, detail), ">= " + Numbers.text(bar) + " " + unit, verdict);
    }

    /// The bar was set on the reference machine; on a slower one it grows as much as the machine is slower.
    static Row atMostOnReference(String what, double value, String unit, String detail, double bar, Slowness slowness) {
        double factor = slowness.factor();
        double scaled = bar * Math.max(1, factor);
        Verdict verdict = below(value, bar);
        if (!verdict.reached() && value <= scaled) {
            verdict = new Verdict(
                    true,
                    "reached by the ratio: this machine is %s x slower, bar %s"
                            .formatted(Numbers.text(factor), Numbers.text(scaled)));
        } else if (!verdict.reached()) {
            verdict = new Verdict(
                    false,
                    "missed by " + Numbers.percent(value / scaled - 1)
                            + (factor > 1
                                    ? " of %s (machine %s x slower)"
                                            .formatted(Numbers.text(scaled), Numbers.text(factor))
                                    : ""));
        }
        String more = (detail.isEmpty() ? "" : detail + "; ") + slowness;
        return new Row(what, value, unit, text(value, unit, more), "<= " + Numbers.text(bar) + " " + unit, verdict);
    }

    private static Verdict below(double value, double bar) {
        return value <= bar
                ? new Verdict(true, "reached")
                : new Verdict(false, "missed by " + Numbers.percent(value / bar - 1));
    }

    private static String text(double value, String unit, String detail) {
        return Numbers.text(value) + " " + unit + (detail.isEmpty() ? "" : " (" + detail + ")");
    }
}
