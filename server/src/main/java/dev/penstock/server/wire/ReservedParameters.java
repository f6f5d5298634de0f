package dev.penstock.server.wire;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The parameters that the protocol gives a meaning, and what they mean here. Others are the caller's own
/// business.
public final class ReservedParameters {
    public static final String TIMEOUT = "timeout";
    public static final String PRIORITY = "priority";
    public static final String SEQUENCE_ID = "sequence_id";

    /// So far away that it need not be waited for.
    public static final long LONGEST_TIMEOUT = Long.MAX_VALUE / 4;

    private static final String CLASSIFICATION = "classification";
    private static final String SHARED_MEMORY = "shared_memory_";

    private static final Set<String> MEANT = Set.of(
            TIMEOUT, PRIORITY, SEQUENCE_ID, "binary_data_output", "binary_data", "binary_data_size", "non_finite");

    private ReservedParameters() {}

    /// Whether a request's parameter of that name means something here; so it is no business of routes.
    public static boolean isMeant(String name) {
        return MEANT.contains(name);
    }

    /// Whether [#check] refuses a parameter of that name.
    public static boolean isRefused(String name) {
        return name.equals(CLASSIFICATION) || name.startsWith(SHARED_MEMORY);
    }

    /// Whether [#check] may refuse a parameter of a name with such a beginning. Allocates nothing.
    public static boolean mayBeRefused(byte[] name, int from, int to) {
        return from < to && (name[from] == 'c' || name[from] == 's');
    }

    /// Refuses a parameter that asks for what this server cannot do.
    ///
    /// @param where whose it is, for the message: `input 'x'`, `the request`
    public static void check(String name, String where) {
        if (isRefused(name)) {
            throw new ServingException(
                    ErrorCode.UNSUPPORTED,
                    "parameter '%s' of %s is not supported".formatted(HeaderText.quote(name), where));
        }
    }

    /// Answering the steps of a sequence as if they were requests of their own would be wrong without a word.
    /// The id 0 is none.
    public static void checkSequence(long id) {
        if (id != 0) {
            throw noSequences();
        }
    }

    /// The id "" is none.
    public static void checkSequence(String id) {
        if (!id.isEmpty()) {
            throw noSequences();
        }
    }

    private static ServingException noSequences() {
        return new ServingException(ErrorCode.UNSUPPORTED, "parameter 'sequence_id' is not supported");
    }

    /// @param micros 0 is none
    /// @return at most [#LONGEST_TIMEOUT]; 0 is none
    public static long timeoutNanos(long micros) {
        if (micros < 0) {
            throw wrongTimeout(Long.toString(micros));
        }
        return Math.min(TimeUnit.MICROSECONDS.toNanos(micros), LONGEST_TIMEOUT);
    }

    /// @param micros in digits, as some clients send it
    public static long timeoutNanos(String micros) {
        try {
            return timeoutNanos(Long.parseLong(micros));
        } catch (NumberFormatException e) {
            throw wrongTimeout("'" + HeaderText.quote(micros) + "'");
        }
    }

    /// @param level 0 is none; from 2^63 on it is negative here, and as little urgent as can be
    /// @return at most the largest int
    public static int priority(long level) {
        return level < 0 ? Integer.MAX_VALUE : (int) Math.min(level, Integer.MAX_VALUE);
    }

    public static ServingException wrongPriority(String shown) {
        return ServingException.invalid("parameter 'priority' is " + shown + " (expected: a whole number >= 0)");
    }

    public static ServingException wrongTimeout(String shown) {
        return ServingException.invalid(
                "parameter 'timeout' is " + shown + " (expected: microseconds, a whole number >= 0)");
    }
}
