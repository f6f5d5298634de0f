package dev.penstock.loadtest.input;

import java.util.random.RandomGenerator;

/// From where numbers are drawn; of strings, their length in characters.
///
/// @param high of whole numbers the greatest, of others never quite reached unless it is `low`
public record ValueRange(double low, double high) {
    public ValueRange {
        if (!Double.isFinite(low) || !Double.isFinite(high) || low > high) {
            throw new InputError("range: " + low + "," + high + " (expected: LOW,HIGH, two numbers with LOW <= HIGH)");
        }
    }

    /// Reads `0,255`.
    ///
    /// @throws InputError if it is no such thing
    public static ValueRange parse(String text) {
        String[] parts = text.split(",", -1);
        try {
            if (parts.length == 2) {
                return new ValueRange(Double.parseDouble(parts[0].strip()), Double.parseDouble(parts[1].strip()));
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new InputError("range: '" + text + "' (expected: LOW,HIGH such as 0,255)");
    }

    double real(RandomGenerator random) {
        return low < high ? random.nextDouble(low, high) : low;
    }

    long whole(RandomGenerator random) {
        long first = (long) Math.ceil(low);
        long last = (long) Math.floor(high);
        if (first > last) {
            throw new InputError("range: " + this + " has no whole number (expected: one at least)");
        }
        return last == Long.MAX_VALUE ? random.nextLong(first - 1, last) + 1 : random.nextLong(first, last + 1);
    }

    @Override
    public String toString() {
        return text(low) + "," + text(high);
    }

    private static String text(double value) {
        long whole = (long) value;
        return (double) whole == value ? Long.toString(whole) : Double.toString(value);
    }
}
