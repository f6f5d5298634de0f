package dev.penstock.server.grpc.door;

import java.util.concurrent.TimeUnit;

/// Reads `grpc-timeout`: up to eight digits and a unit.
final class GrpcTimeout {
    /// So far away that it need not be waited for.
    static final long FOREVER_NANOS = Long.MAX_VALUE / 4;

    static final long MALFORMED = -1;

    /// What a caller is told whose timeout is [#MALFORMED].
    static final String REFUSAL = "grpc-timeout is malformed (expected: up to 8 digits and a unit)";

    private static final int MAX_DIGITS = 8;

    private GrpcTimeout() {}

    /// @return at most [#FOREVER_NANOS], or [#MALFORMED]
    static long nanos(CharSequence text) {
        int digits = text.length() - 1;
        if (digits < 1 || digits > MAX_DIGITS) {
            return MALFORMED;
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return MALFORMED;
            }
            value = value * 10 + digit;
        }
        return switch (text.charAt(digits)) {
            case 'n' -> value;
            case 'u' -> TimeUnit.MICROSECONDS.toNanos(value);
            case 'm' -> TimeUnit.MILLISECONDS.toNanos(value);
            case 'S' -> TimeUnit.SECONDS.toNanos(value);
            case 'M' -> Math.min(TimeUnit.MINUTES.toNanos(value), FOREVER_NANOS);
            case 'H' -> Math.min(TimeUnit.HOURS.toNanos(value), FOREVER_NANOS);
            default -> MALFORMED;
        };
    }
}
