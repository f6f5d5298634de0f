package dev.penstock.loadtest.input;

/// How far a floating-point value may be from the expected one: `absolute + relative * |expected|`. Integers,
/// booleans and strings have to be the same.
public record Tolerance(double relative, double absolute) {
    /// Wide enough for sums that were added up in another order.
    public static final Tolerance DEFAULT = new Tolerance(1e-4, 1e-6);

    public static final Tolerance NONE = new Tolerance(0, 0);

    public Tolerance {
        check("relative", relative);
        check("absolute", absolute);
    }

    private static void check(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new InputError("tolerance: " + name + " is " + value + " (expected: a number >= 0)");
        }
    }

    /// NaN is near NaN, and an infinity near itself.
    public boolean near(double expected, double actual) {
        if (Double.compare(expected, actual) == 0 || expected == actual) {
            return true;
        }
        return !Double.isInfinite(expected) && Math.abs(actual - expected) <= absolute + relative * Math.abs(expected);
    }
}
