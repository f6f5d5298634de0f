package dev.penstock.server.calls;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.server.wire.HeaderText;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// What a door notes of a call while it goes through, from [#begin] to [#end]; may be used again from there.
/// Nothing is allocated for a call that nobody takes.
///
/// Confined to whoever has the call: its event loop, and before the outcome whoever runs it, which may call
/// [#ran].
public final class CallRecord {
    private static final long UNKNOWN = CallTimes.UNKNOWN;

    private final CallWatch watch;
    private final TraceParent parent = new TraceParent();

    private boolean open;
    private CallKind kind = CallKind.GRPC;
    private boolean traced;
    private boolean logged;
    private boolean exposed;
    private boolean hasParent;
    private long rootHigh;
    private long rootLow;
    private @Nullable CharSequence traceState;
    private @Nullable CharSequence callerName;
    private @Nullable SocketAddress peer;

    private long startNanos;
    private long queuedNanos;
    private long runNanos;
    private long ranNanos;
    private long encodeNanos;

    private long bytesIn;
    private long bytesOut;
    private int rows;
    private @Nullable ErrorCode failure;
    private String requestId = "";
    private @Nullable Assigned arm;

    CallRecord(CallWatch watch) {
        this.watch = watch;
    }

    /// @param arrivedNanos when the call's head arrived, if that was looked at anyway, or
    ///     [CallTimes#UNKNOWN]
    /// @param traceParent the header, or null
    /// @param newTraceState the header, or null
    public void begin(
            CallKind newKind,
            long arrivedNanos,
            @Nullable CharSequence traceParent,
            @Nullable CharSequence newTraceState) {
        open = true;
        kind = newKind;
        queuedNanos = UNKNOWN;
        runNanos = UNKNOWN;
        ranNanos = UNKNOWN;
        encodeNanos = UNKNOWN;
        bytesIn = 0;
        bytesOut = 0;
        rows = 0;
        failure = null;
        requestId = "";
        callerName = null;
        arm = null;
        peer = null;
        hasParent = parent.read(traceParent);
        traceState = hasParent ? newTraceState : null;
        traced = watch.follows() && (hasParent ? parent.sampled() : beginsTrace());
        logged = watch.logs();
        exposed = watch.exposes();
        startNanos = arrivedNanos == UNKNOWN && isTaken() ? watch.nanoTime() : arrivedNanos;
    }

    private boolean beginsTrace() {
        long chance = watch.chance();
        if (!watch.tracesRoot(chance)) {
            return false;
        }
        rootLow = chance;
        rootHigh = watch.chance();
        // All zeros is no trace.
        rootHigh = (rootHigh | rootLow) == 0 ? 1 : rootHigh;
        return true;
    }

    /// Whether somebody takes it, so that details count.
    public boolean isTaken() {
        return traced || logged || exposed;
    }

    /// @param name what the caller calls itself, or null
    public void caller(@Nullable CharSequence name, @Nullable SocketAddress newPeer) {
        callerName = name;
        peer = newPeer;
    }

    public void received(long bytes) {
        bytesIn = bytes;
    }

    /// It is about to be offered to its model.
    public void queued() {
        if (isTaken()) {
            queuedNanos = watch.nanoTime();
        }
    }

    /// By whoever has run it, before the outcome.
    public void ran(int newRows, long startedNanos, long endedNanos) {
        rows = newRows;
        runNanos = startedNanos;
        ranNanos = endedNanos;
    }

    /// Its answer is about to be written.
    public void encoding() {
        if (isTaken()) {
            encodeNanos = watch.nanoTime();
        }
    }

    public void sent(long bytes) {
        bytesOut = bytes;
    }

    /// There will be no answer. The first reason counts.
    public void fail(ErrorCode code) {
        if (open && failure == null) {
            failure = code;
            logged |= watch.logsFailure();
        }
    }

    /// @param ascii which has the id at its start
    public void requestId(byte[] ascii, int length) {
        if (isTaken()) {
            requestId = new String(ascii, 0, length, StandardCharsets.US_ASCII);
        }
    }

    public void requestId(String id) {
        requestId = id;
    }

    /// @param newArm of a route that has it, or null
    public void arm(@Nullable Assigned newArm) {
        arm = newArm;
    }

    /// It is over. Does nothing if it was before.
    ///
    /// @param model the name that was called, or ""
    /// @param version that answered, or was asked for, or 0
    public void end(String model, long version) {
        if (!open) {
            return;
        }
        open = false;
        boolean routed = exposed && arm != null;
        if (traced || logged || routed) {
            watch.offer(finished(model, version), traced, logged, routed);
        }
        traceState = null;
        callerName = null;
        peer = null;
    }

    private FinishedCall finished(String model, long version) {
        CallTimes times = new CallTimes(startNanos, queuedNanos, runNanos, ranNanos, encodeNanos, watch.nanoTime());
        return new FinishedCall(
                kind,
                times,
                trace(),
                requestId,
                HeaderText.quote(model),
                version,
                failure,
                rows,
                bytesIn,
                bytesOut,
                callerText(),
                arm);
    }

    private TraceContext trace() {
        HexFormat hex = HexFormat.of();
        if (hasParent) {
            String traceId = hex.toHexDigits(parent.traceHigh()) + hex.toHexDigits(parent.traceLow());
            CharSequence state = traceState;
            boolean kept = state != null && state.length() <= TraceParent.MAX_STATE_CHARS;
            return new TraceContext(
                    traceId, hex.toHexDigits(parent.spanId()), parent.flags(), kept ? String.valueOf(state) : "");
        }
        return traced
                ? new TraceContext(hex.toHexDigits(rootHigh) + hex.toHexDigits(rootLow), "", 1, "")
                : TraceContext.NONE;
    }

    private String callerText() {
        CharSequence name = callerName;
        if (name != null && !name.isEmpty()) {
            return HeaderText.quote(name.toString());
        }
        return switch (peer) {
            case InetSocketAddress internet
            when internet.getAddress() != null -> internet.getAddress().getHostAddress();
            case null -> "";
            default -> "local";
        };
    }
}
