package dev.penstock.loadtest.engine;

/// A rate that goes evenly from one value to another and then stays there. All in seconds and requests per
/// second.
///
/// @param begin when it begins to change
/// @param over how long that takes
record Rate(double from, double to, double begin, double over) {
    static Rate constant(double perSecond) {
        return new Rate(perSecond, perSecond, 0, 0);
    }

    /// When that many requests were due since the start; infinite if there are never so many.
    double secondsAt(double count) {
        double before = from * begin;
        if (count < before) {
            return count / from;
        }
        double during = (from + to) / 2 * over;
        double more = count - before;
        if (more <= 0) {
            return begin;
        }
        if (more < during) {
            // The root of from * t + slope / 2 * t² = more, in the form that loses no digits.
            double slope = (to - from) / over;
            return begin + 2 * more / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * more)));
        }
        return begin + over + (more - during) / to;
    }
}
