package dev.penstock.loadtest.report;

import java.util.Locale;

/// Numbers as people read them: three digits that count. What is not a number is a dash.
final class Figures {
    static final String NONE = "-";

    private Figures() {}

    /// `812 us`, `1.23 ms`, `12.5 s`
    static String micros(double micros) {
        if (!Double.isFinite(micros)) {
            return NONE;
        }
        double size = Math.abs(micros);
        if (size < 999.5) {
            return digits(micros) + " us";
        }
        return size < 999_500 ? digits(micros / 1e3) + " ms" : digits(micros / 1e6) + " s";
    }

    /// `0.50`, `12.5`, `1,250`
    static String rate(double value) {
        return Double.isFinite(value) ? digits(value) : NONE;
    }

    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /// @param share 0 to 1
    static String percent(double share) {
        if (!Double.isFinite(share)) {
            return NONE;
        }
        if (share == 0) {
            return "0 %";
        }
        double percent = share * 100;
        return Math.abs(percent) < 0.001 ? "<0.001 %" : digits(percent) + " %";
    }

    /// What B is of A: `1.05x`
    static String ratio(double ratio) {
        return Double.isFinite(ratio) ? String.format(Locale.ROOT, ratio < 10 ? "%.3fx" : "%.1fx", ratio) : NONE;
    }

    private static String digits(double value) {
        double size = Math.abs(value);
        if (size == 0) {
            return "0";
        }
        if (size >= 99.95) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 9.995 ? "%.1f" : size >= 0.9995 ? "%.2f" : "%.3f", value);
    }
}
