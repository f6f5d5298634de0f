package dev.penstock.loadtest.run;

import java.util.Locale;

/// Numbers as people read them.
final class Numbers {
    private Numbers() {}

    static String micros(double micros) {
        if (!Double.isFinite(micros)) {
            return "-";
        }
        return micros < 1000
                ? digits(micros) + " us"
                : micros < 1e6 ? digits(micros / 1e3) + " ms" : digits(micros / 1e6) + " s";
    }

    static String rate(double perSecond) {
        return digits(perSecond);
    }

    static String percent(double share) {
        return digits(share * 100) + " %";
    }

    private static String digits(double value) {
        double size = Math.abs(value);
        if (size == 0 || size >= 99.95) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 9.995 ? "%.1f" : size >= 0.9995 ? "%.2f" : "%.3f", value);
    }
}
