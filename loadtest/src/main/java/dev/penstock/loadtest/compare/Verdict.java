package dev.penstock.loadtest.compare;

/// What may be said of B against A.
public enum Verdict {
    BETTER("better"),
    WORSE("WORSE"),
    /// There may be one, smaller than what these measurements can show.
    NO_DIFFERENCE_SHOWN("no difference shown"),
    /// Too few requests or windows for any statement.
    NOT_ENOUGH_DATA("not enough data"),
    /// There is one number of each, and nothing about how sure it is.
    NOT_JUDGED("not judged");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }

    /// @param worsening by how much B is worse
    /// @param tolerance differences up to that do not count
    static Verdict of(Interval worsening, double tolerance) {
        if (!worsening.isKnown()) {
            return NOT_ENOUGH_DATA;
        }
        if (worsening.low() > tolerance) {
            return WORSE;
        }
        if (worsening.high() < -tolerance) {
            return BETTER;
        }
        return worsening.isBounded() ? NO_DIFFERENCE_SHOWN : NOT_ENOUGH_DATA;
    }
}
