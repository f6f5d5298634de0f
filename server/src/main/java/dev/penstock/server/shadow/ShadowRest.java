package dev.penstock.server.shadow;

import dev.penstock.core.NanoClock;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/// How the shadows' thread leaves its processor to others: for as long as it owes them by its share of one, and
/// soon where others wait for it. Confined to the thread.
final class ShadowRest implements ShadowRunner.Pause {
    private final CpuShare share;
    private final Crowding crowding;
    private final NanoClock clock;
    private final NanoClock busy;
    private final BooleanSupplier ended;
    private final LongConsumer park;
    private final ShadowRoom room;

    /// @param cpuShare of one processor that the thread may have in the long run
    /// @param patienceNanos it stays away from its processor for no longer than that, whoever wants it
    /// @param busy tells for how long this thread had a processor
    /// @param ended whether no more is to be run; who makes it so wakes the thread
    /// @param park has the thread sleep for so many nanoseconds, or less
    /// @param room told whether others want the processor
    ShadowRest(
            double cpuShare,
            long patienceNanos,
            NanoClock clock,
            NanoClock busy,
            BooleanSupplier ended,
            LongConsumer park,
            ShadowRoom room) {
        this.crowding = new Crowding(patienceNanos);
        this.share = new CpuShare(cpuShare, busy.nanoTime());
        this.clock = clock;
        this.busy = busy;
        this.ended = ended;
        this.park = park;
        this.room = room;
        crowding.woke(0, clock.nanoTime(), busy.nanoTime());
    }

    @Override
    public boolean rest() {
        long busyNanos = busy.nanoTime();
        long owedNanos = share.owedNanos(busyNanos);
        long nanos = Math.max(owedNanos, crowding.pauseNanos(clock.nanoTime(), busyNanos));
        if (nanos > 0) {
            pause(nanos);
            share.rested(nanos - owedNanos, busyNanos);
        }
        return !ended.getAsBoolean();
    }

    /// Sleeps as there is nothing to do, unless all has ended; longer where others want its processor.
    void sleep(long leastNanos) {
        long nanos = Math.max(leastNanos, crowding.leastNanos());
        pause(nanos);
        share.rested(nanos, busy.nanoTime());
    }

    /// Sleeps until somebody wakes the thread: no timer says whether that was late.
    void await(Runnable waiting) {
        long beganNanos = clock.nanoTime();
        waiting.run();
        long nowNanos = clock.nanoTime();
        long busyNanos = busy.nanoTime();
        share.rested(nowNanos - beganNanos, busyNanos);
        crowding.woke(0, nowNanos, busyNanos);
    }

    private void pause(long nanos) {
        if (ended.getAsBoolean()) {
            return;
        }
        long beganNanos = clock.nanoTime();
        park.accept(nanos);
        long nowNanos = clock.nanoTime();
        crowding.woke(nowNanos - beganNanos - nanos, nowNanos, busy.nanoTime());
        room.woke(crowding.isOn());
    }
}
