package dev.penstock.router.shadow;

/// Of all numbers of two answers. Confined to one thread.
final class Differences {
    private long count;
    private double sum;
    private double largest;

    /// The largest by how much numbers are, as far as they are beyond 1.
    private double largestPart;
    private boolean oneIsNone;

    void clear() {
        count = 0;
        sum = 0;
        largest = 0;
        largestPart = 0;
        oneIsNone = false;
    }

    /// Of the first ones of each.
    void add(double[] ours, double[] theirs, int numbers) {
        for (int i = 0; i < numbers; i++) {
            // Two that are the same, infinite or no numbers, are no different.
            double difference = Double.compare(ours[i], theirs[i]) == 0 ? 0 : theirs[i] - ours[i];
            count++;
            if (!Double.isFinite(difference)) {
                oneIsNone = true;
            } else if (difference != 0) {
                sum += difference;
                largest = Math.max(largest, Math.abs(difference));
                largestPart = Math.max(largestPart, Math.abs(difference) / Math.max(1, Math.abs(ours[i])));
            }
        }
    }

    /// @param tolerance by which numbers may differ, and beyond 1 by that part of ours
    boolean areWithin(double tolerance) {
        return !oneIsNone && largestPart <= tolerance;
    }

    double largest() {
        return count == 0 ? Double.NaN : oneIsNone ? Double.POSITIVE_INFINITY : largest;
    }

    double mean() {
        return count == 0 || oneIsNone ? Double.NaN : sum / (double) count;
    }
}
