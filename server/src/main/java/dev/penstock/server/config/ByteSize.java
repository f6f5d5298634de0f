package dev.penstock.server.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Sizes as people write them: `64MiB`, `64MB` or plain bytes.
public final class ByteSize {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s*(B|kB|KB|KiB|MB|MiB|GB|GiB)?");

    /// The largest power of two that is one buffer: what arrives is gathered in those.
    private static final int MAX_BYTES = 1 << 30;

    /// An amount that the server is to choose.
    public static final long AUTO = -1;

    private ByteSize() {}

    /// A kind for sizes up to the largest buffer; nothing on the wire may be larger.
    static ValueKind<Integer> kind(int minBytes) {
        return ValueKind.one(
                "SIZE",
                "a size from %s to %s bytes, e.g. 64MiB, 64MB or 67108864".formatted(minBytes, MAX_BYTES),
                text -> inRange(bytes(text), minBytes),
                bytes -> text(bytes));
    }

    /// A kind for amounts of memory, zero among them.
    static ValueKind<Long> amount() {
        return ValueKind.one("SIZE", "a size, e.g. 64MiB, 64MB or 67108864", ByteSize::amountOf, ByteSize::text);
    }

    /// The same, or `auto`, which is [#AUTO].
    static ValueKind<Long> amountOrAuto() {
        return ValueKind.one(
                "SIZE|auto",
                "auto, or a size, e.g. 64MiB, 64MB or 67108864",
                text -> text.equals("auto") ? Long.valueOf(AUTO) : amountOf(text),
                bytes -> bytes == AUTO ? "auto" : text(bytes));
    }

    private static @Nullable Long amountOf(String text) {
        long bytes = bytes(text);
        return bytes < 0 ? null : bytes;
    }

    /// @return the bytes, or -1 if it is not a size
    public static long bytes(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return -1;
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        long unitBytes = switch (unit == null ? "B" : unit) {
            case "kB", "KB" -> 1_000L;
            case "KiB" -> 1L << 10;
            case "MB" -> 1_000_000L;
            case "MiB" -> 1L << 20;
            case "GB" -> 1_000_000_000L;
            case "GiB" -> 1L << 30;
            default -> 1;
        };
        return number > Long.MAX_VALUE / unitBytes ? -1 : number * unitBytes;
    }

    private static String text(long bytes) {
        if (bytes > 0 && bytes % (1 << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes > 0 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes > 0 && bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : String.valueOf(bytes);
    }

    private static @Nullable Integer inRange(long bytes, int minBytes) {
        return bytes < minBytes || bytes > MAX_BYTES ? null : (int) bytes;
    }
}
