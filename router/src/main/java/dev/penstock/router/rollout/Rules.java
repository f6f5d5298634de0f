package dev.penstock.router.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import java.time.Duration;
import java.util.Locale;

/// How a rollout decides.
///
/// @param alpha how likely a candidate that is no worse may be rolled back, over the whole rollout
/// @param settle how long what is counted after a change of shares is not used
/// @param minRequests that each arm must have answered in a step; those that it refused are not among them
/// @param maxDuration of the whole rollout, pauses not counted, nor time in which nobody brought it on; one
///     that is held has no more
/// @param onInconclusive when a step's time is up, usually `HOLD`: too little data is no verdict; after the
///     last one `ADVANCE` holds where a candidate would be promoted, as nobody is for want of evidence
/// @param onDeadline when the rollout's time is up, usually `HOLD` likewise; `ADVANCE` ends an experiment or
///     a bandit, and is refused otherwise
/// @param objective the share of requests that may fail; when the default arm's own requests fail more often,
///     the fault is elsewhere
/// @param inspectFor how long arms that the rollout made stay once it is over, without a share, to be looked at
public record Rules(
        double alpha,
        Mode mode,
        Duration settle,
        long minRequests,
        Duration maxDuration,
        Otherwise onInconclusive,
        Otherwise onDeadline,
        double objective,
        Duration inspectFor) {
    public static final Rules STANDARD = new Rules(
            0.05,
            Mode.ROLLBACK,
            Duration.ofSeconds(30),
            500,
            Duration.ofHours(24),
            Otherwise.HOLD,
            Otherwise.HOLD,
            0.05,
            Duration.ofHours(24));

    public Rules {
        check(alpha > 0 && alpha < 1, "alpha", alpha, "between 0 and 1");
        check(!settle.isNegative(), "settle", settle, ">= 0s");
        check(minRequests >= 1, "minRequests", minRequests, ">= 1");
        check(maxDuration.isPositive(), "maxDuration", maxDuration, "> 0s");
        check(objective > 0 && objective <= 1, "objective", objective, "above 0, up to 1");
        check(!inspectFor.isNegative(), "inspectFor", inspectFor, ">= 0s");
    }

    static void check(boolean ok, String field, Object value, String expected) {
        if (!ok) {
            throw ServingException.of(wrong(FieldPath.of(field), value, expected));
        }
    }

    /// The same of how fields go together.
    static void together(boolean ok, FieldPath path, Object value, String expected) {
        if (!ok) {
            throw ServingException.of(wrong(path, value, expected).amongFields());
        }
    }

    private static Mistake wrong(FieldPath path, Object value, String expected) {
        return Mistake.wrong(path, value instanceof Duration time ? text(time) : value.toString(), expected);
    }

    /// As people write it: `1h30m`, `30s`.
    static String text(Duration time) {
        return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
