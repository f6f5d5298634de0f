package dev.penstock.loadtest.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/// One axis of a plot: which values it shows, and where. Pure.
///
/// @param label what it shows, with its unit where the figures have none
/// @param low the smallest value shown, less than `high`; above 0 on a logarithmic axis
/// @param figure how a value is written
record Axis(String label, Scale scale, double low, double high, DoubleFunction<String> figure) {
    enum Scale {
        LINEAR,
        LOGARITHMIC,
        /// Shares below 1: as far from 0.9 to 0.99 as from 0.99 to 0.999.
        NINES
    }

    private static final List<Double> NINES =
            List.of(0.0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999, 0.9999999, 0.99999999);
    private static final double HEADROOM = 1.03;
    private static final double MOST_DECADES_WITH_STEPS = 2.5;

    /// From 0 to a round value above the largest.
    static Axis fromZero(String label, double largest, DoubleFunction<String> figure) {
        double high = largest > 0 ? largest * HEADROOM : 1;
        double step = step(high);
        return new Axis(label, Scale.LINEAR, 0, Math.ceil(high / step - 1e-9) * step, figure);
    }

    /// From a round value at or below the smallest to one at or above the largest, both above 0.
    static Axis logarithmic(String label, double smallest, double largest, DoubleFunction<String> figure) {
        double low = roundDown(Math.max(smallest, 1e-3));
        double high = roundUp(Math.max(largest, low * 1.01));
        return new Axis(label, Scale.LOGARITHMIC, low, high, figure);
    }

    /// From 0 to the given share.
    static Axis nines(String label, double high) {
        return new Axis(label, Scale.NINES, 0, high, Axis::percentile);
    }

    /// Where a value is: 0 at the low end, 1 at the high end; those beyond are at the ends.
    double place(double value) {
        double place = (scaled(value) - scaled(low)) / (scaled(high) - scaled(low));
        return Math.clamp(place, 0, 1);
    }

    private double scaled(double value) {
        return switch (scale) {
            case LINEAR -> value;
            case LOGARITHMIC -> Math.log10(Math.max(value, low));
            case NINES -> -Math.log10(1 - Math.min(value, high));
        };
    }

    /// The values to be marked, ascending.
    List<Double> ticks() {
        return switch (scale) {
            case LINEAR -> linearTicks();
            case LOGARITHMIC -> logarithmicTicks();
            case NINES -> NINES.stream().filter(share -> share <= high).toList();
        };
    }

    private List<Double> linearTicks() {
        List<Double> ticks = new ArrayList<>();
        double step = step(high - low);
        for (int i = 0; low + (double) i * step <= high + step * 1e-9; i++) {
            ticks.add(low + (double) i * step);
        }
        return ticks;
    }

    private List<Double> logarithmicTicks() {
        boolean withSteps = Math.log10(high / low) <= MOST_DECADES_WITH_STEPS;
        List<Double> ticks = new ArrayList<>();
        for (double decade = Math.pow(10, Math.floor(Math.log10(low) + 1e-9)); decade <= high * 1.0001; decade *= 10) {
            for (double tick : withSteps ? new double[] {1, 2, 5} : new double[] {1}) {
                double value = decade * tick;
                if (value >= low * 0.9999 && value <= high * 1.0001) {
                    ticks.add(value);
                }
            }
        }
        return ticks;
    }

    /// Of 1, 2 or 5 times a power of ten, such that there are about six.
    private static double step(double span) {
        double raw = span / 6;
        double decade = Math.pow(10, Math.floor(Math.log10(raw)));
        double times = raw / decade;
        return decade * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    }

    private static double roundDown(double value) {
        double decade = Math.pow(10, Math.floor(Math.log10(value)));
        double times = value / decade;
        return decade * (times >= 5 ? 5 : times >= 2 ? 2 : 1);
    }

    private static double roundUp(double value) {
        double decade = Math.pow(10, Math.floor(Math.log10(value)));
        double times = value / decade;
        return decade * (times <= 1.0001 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    }

    private static String percentile(double share) {
        String figure = new BigDecimal(share * 100)
                .round(new MathContext(10))
                .stripTrailingZeros()
                .toPlainString();
        return figure + " %";
    }
}
