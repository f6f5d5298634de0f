package dev.penstock.loadtest.compare;

/// What may be said of a change against its limit.
public enum LimitVerdict {
    /// Nothing was asked.
    NO_LIMIT(""),
    KEPT("kept"),
    EXCEEDED("EXCEEDED"),
    /// The limit lies between the bounds, or there are none.
    UNDECIDED("undecided");

    private final String words;

    LimitVerdict(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }

    static LimitVerdict of(Interval worsening, double limit) {
        if (worsening.low() > limit) {
            return EXCEEDED;
        }
        return worsening.high() <= limit ? KEPT : UNDECIDED;
    }
}
