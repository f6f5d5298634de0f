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

    /// The id a request brought in its own `id` field, as it goes into a header.
    public static String own(String id) {
        return HeaderText.encode(id, MAX_OWN_CHARS);
    }
}
