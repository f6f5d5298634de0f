package dev.penstock.server.wire;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Gives requests the ids they are found by in logs and answers. Thread-safe.
public final class RequestIds {
    public static final String HEADER = "x-penstock-request-id";

    /// What others call it; ours counts where both are sent.
    public static final String COMMON_HEADER = "x-request-id";

    /// The most that a new id takes.
    public static final int MAX_NEW_BYTES = 40;

    private static final int PREFIX_DIGITS = 12;
    private static final int MAX_OWN_CHARS = 256;

    private final String prefix;
    private final AtomicLong next = new AtomicLong(1);

    private RequestIds(String prefix) {
        this.prefix = prefix;
    }

    /// Ids that differ from those of other processes.
    public static RequestIds random() {
        return new RequestIds(HexFormat.of().toHexDigits(new SecureRandom().nextLong(), PREFIX_DIGITS));
    }

    /// The id the caller sent as a header, or a new one if it sent none that is fit to be repeated.
    ///
    /// @param ours what [#HEADER] says
    /// @param common what [#COMMON_HEADER] says
    public String of(@Nullable String ours, @Nullable String common) {
        @Nullable String sent = ours == null ? common : ours;
        return sent != null && HeaderText.isPlainId(sent) ? sent : prefix + "-" + next.getAndIncrement();
    }

    /// Writes a new id, in ASCII.
    ///
    /// @param out with room for [#MAX_NEW_BYTES]
    /// @return where it ends
    @SuppressWarnings("deprecation") // Of ASCII the low bytes are all there is.
    public int writeNew(byte[] out, int at) {
        prefix.getBytes(0, prefix.length(), out, at);
        int end = at + prefix.length();
        out[end++] = '-';
        long rest = next.getAndIncrement();
        int digits = 1;
        for (long left = rest / 10; left > 0; left /= 10) {
            digits++;
        }
        for (int i = end + digits - 1; i >= end; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return end + digits;
    }

    /// The id a request brought in its own `id` field, as it goes into a header.
    public static String own(String id) {
        return HeaderText.encode(id, MAX_OWN_CHARS);
    }
}
