package dev.penstock.monitor.feedback;

import java.util.List;

/// One answered request, as its token tells it: enough to count a label that comes weeks later, at any replica.
///
/// @param model the hash of its name, [FeedbackToken#modelHash]
/// @param version that answered
/// @param minute of the answer, since the epoch
/// @param nonce makes two tokens of the same minute different
/// @param arm 0 for the default
/// @param route stands for the route and the arm's name, the same on every replica; 0 if no route's
///     chance chose
/// @param propensity the share of callers that the arm got, in 1/65535: 65535 for all
/// @param group the random group of the caller's unit, 0 to 63
/// @param classes that the model tells apart; [#NUMBER] if it answers a number, [#UNKNOWN] if nobody
///     knows
/// @param rows at most [#MOST_ROWS]
public record Prediction(
        long model,
        long version,
        long minute,
        int nonce,
        int arm,
        int route,
        int propensity,
        int group,
        int classes,
        List<Row> rows) {
    /// Instead of a number of classes.
    public static final int NUMBER = 0;

    /// Instead of a number of classes.
    public static final int UNKNOWN = 1;

    /// Of more rows, only the first ones can be spoken of later.
    public static final int MOST_ROWS = 32;

    public static final int CERTAIN = 65_535;
    private static final int GROUPS = 64;
    private static final int MOST_ARMS = 256;

    /// One row of the answer.
    ///
    /// @param predicted the class, or -1 if the model names none
    /// @param score of two classes the chance of the second one, of more that of the predicted one; else the
    ///     number that was answered; NaN if there is none
    public record Row(int predicted, float score) {
        /// Nothing that a label could be held against.
        public static final Row NOTHING = new Row(-1, Float.NaN);

        public Row {
            check(predicted >= -1, "predicted", predicted, ">= -1");
        }
    }

    /// Of a request that no route's chance gave its arm.
    public Prediction(long model, long version, long minute, int nonce, int classes, List<Row> rows) {
        this(model, version, minute, nonce, 0, 0, CERTAIN, 0, classes, rows);
    }

    public Prediction {
        rows = List.copyOf(rows);
        check(version > 0, "version", version, "> 0");
        check(minute >= 0 && minute <= Integer.MAX_VALUE, "minute", minute, "0..2^31-1");
        check(arm >= 0 && arm < MOST_ARMS, "arm", arm, "0..255");
        check(propensity >= 0 && propensity <= CERTAIN, "propensity", propensity, "0..65535");
        check(group >= 0 && group < GROUPS, "group", group, "0..63");
        check(classes >= 0, "classes", classes, ">= 0");
        check(!rows.isEmpty() && rows.size() <= MOST_ROWS, "rows", rows.size(), "1..32");
    }

    /// The same for everything of that kind that is said of that row, and hardly ever that of another.
    ///
    /// @param reward whether it is a reward: a row may have both, a label and a reward
    public long identity(int row, boolean reward) {
        long identity = model * 31 + version;
        identity = identity * 0x100000001b3L + minute;
        identity = (identity ^ nonce) * 0x100000001b3L;
        return (identity * MOST_ROWS + row) * 2 + (reward ? 1 : 0);
    }

    private static void check(boolean holds, String name, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("%s: %d (expected: %s)".formatted(name, value, expected));
        }
    }
}
