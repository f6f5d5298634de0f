package dev.penstock.server.fast;

import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.CallerShares;
import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/// Keeps the turns of an event loop short for others while the bytes of one caller take most of its time: what that one
/// sends is decoded a little at a time, between the looks for what others have sent. Confined to its loop.
public final class ReadTurns {
    /// Of decoding, in one turn of the loop, what was put off.
    private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    /// By how much time of decoding a caller must be ahead of the others to be too much for them.
    private static final long CROWD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final SingleThreadEventLoop loop;
    private final NanoClock clock;
    private final CallerShares shares = new CallerShares(CROWD_NANOS);
    private final ArrayDeque<Reader> waiting = new ArrayDeque<>();
    private final Runnable turn = this::turn;
    private final Runnable atTheEnd = this::atTheEnd;

    /// A connection with bytes that were put off.
    public interface Reader {
        /// Decodes some of them.
        ///
        /// @return whether there are more
        boolean readSome();
    }

    public ReadTurns(SingleThreadEventLoop loop, NanoClock clock) {
        this.loop = loop;
        this.clock = clock;
    }

    public long nanoTime() {
        return clock.nanoTime();
    }

    /// Whether what a caller has sent should wait for its turn.
    public boolean mustWait(int caller, long nowNanos) {
        return shares.isCrowdedBy(caller, nowNanos);
    }

    /// Bytes of a caller were decoded.
    public void read(int caller, long fromNanos) {
        long nowNanos = clock.nanoTime();
        shares.saw(caller, nowNanos - fromNanos, nowNanos);
    }

    /// Has `reader` read when its turn comes; once until it says that there are no more.
    public void add(Reader reader) {
        if (waiting.isEmpty()) {
            atTheEnd();
        }
        waiting.add(reader);
    }

    // After what others' requests have set off in this turn. A task that asks for this again in the same place would be
    // run at once, without a look at the sockets.
    private void atTheEnd() {
        loop.executeAfterEventLoopIteration(turn);
    }

    private void turn() {
        long beganNanos = clock.nanoTime();
        boolean spent = false;
        while (!spent && !waiting.isEmpty()) {
            Reader reader = waiting.remove();
            if (reader.readSome()) {
                waiting.add(reader);
            }
            spent = clock.nanoTime() - beganNanos >= TURN_NANOS;
        }
        if (!waiting.isEmpty()) {
            loop.execute(atTheEnd);
        }
    }
}
