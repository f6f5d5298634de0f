package dev.penstock.router.shadow;

/// Of all numbers of two answers. Confined to one thread.
final class Differences {
    private long count;
    private double sum;
    private double largest;
    private boolean oneIsNone;

    void clear() {
        count = 0;
        sum = 0;
        largest = 0;
        oneIsNone = false;
    }

    /// Of the first ones of each.
    void add(double[] ours, double[] theirs, int numbers) {
        for (int i = 0; i < numbers; i++) {
            // Two that are the same, infinite or no numbers, are no different.
            double difference = Double.compare(ours[i], theirs[i]) == 0 ? 0 : theirs[i] - ours[i];
            count++;
            if (Double.isFinite(difference)) {
                sum += difference;
                largest = Math.max(largest, Math.abs(difference));
            } else {
                oneIsNone = true;
            }
        }
    }

    boolean areWithin(double tolerance) {
        return !oneIsNone && largest <= tolerance;
    }

    double largest() {
        return count == 0 ? Double.NaN : oneIsNone ? Double.POSITIVE_INFINITY : largest;
    }

    double mean() {
        return count == 0 || oneIsNone ? Double.NaN : sum / (double) count;
    }
}
