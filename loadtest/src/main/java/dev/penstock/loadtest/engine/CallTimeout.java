package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The header by which a gRPC server learns how long its caller waits: at most eight digits and a unit.
/// Immutable.
final class CallTimeout {
    static final String HEADER = "grpc-timeout";

    private static final int DIGITS = 8;
    private static final long MOST = 99_999_999;
    private static final Map<TimeUnit, String> LETTERS = Map.of(
            TimeUnit.NANOSECONDS, "n", TimeUnit.MICROSECONDS, "u", TimeUnit.MILLISECONDS, "m", TimeUnit.SECONDS, "S");

    private final long deadlineNanos;

    /// The finest in which the whole deadline can be said.
    private final TimeUnit unit;

    CallTimeout(Duration deadline) {
        this.deadlineNanos = TimeUnit.NANOSECONDS.convert(deadline);
        this.unit = LETTERS.keySet().stream()
                .sorted()
                .filter(finest -> finest.convert(deadline) <= MOST)
                .findFirst()
                .orElse(TimeUnit.SECONDS);
    }

    /// The whole deadline, as short as can be.
    String whole() {
        return inUnits(0) + LETTERS.get(unit);
    }

    /// The whole deadline with all digits, for [#writeRest] to be written over.
    String wholeInAllDigits() {
        String digits = Long.toString(inUnits(0));
        return "0".repeat(DIGITS - digits.length()) + digits + LETTERS.get(unit);
    }

    /// Writes what is left of a deadline over [#wholeInAllDigits], with which `out` ends. Allocates nothing.
    ///
    /// @param passedNanos since the request was due
    void writeRest(ByteBuffer out, long passedNanos) {
        long left = inUnits(passedNanos);
        int at = out.position() - 1;
        for (int i = 0; i < DIGITS; i++) {
            out.put(--at, (byte) ('0' + left % 10));
            left /= 10;
        }
    }

    /// Never 0, which some servers take for no deadline.
    private long inUnits(long passedNanos) {
        return Math.clamp(unit.convert(deadlineNanos - passedNanos, TimeUnit.NANOSECONDS), 1, MOST);
    }
}
