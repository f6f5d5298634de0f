package dev.penstock.router.rollout;

/// What became of copies that a candidate got.
///
/// @param answered copies whose answers were compared with those that callers got
/// @param different of these
/// @param failed copies that the candidate had no answer to, though the default arm had
public record Compared(long answered, long different, long failed) {
    public static final Compared NONE = new Compared(0, 0, 0);

    public Compared plus(Compared other) {
        return new Compared(answered + other.answered, different + other.different, failed + other.failed);
    }

    /// A copy without an answer is none that agrees.
    public long disagreements() {
        return different + failed;
    }

    public long compared() {
        return answered + failed;
    }
}
