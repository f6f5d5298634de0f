package dev.penstock.loadtest.engine;

/// Everything that one loop counts. Confined to the loop while it runs.
final class Counts {
    private final Tally tally = new Tally();
    private final Windows windows;
    private final Parts parts;
    private final boolean open;

    /// What [Slot#values] are without an answer.
    private final int[] absent;

    Counts(LoadPlan plan, RunGate gate, int part) {
        this.windows = new Windows(gate, plan.window().toNanos(), part);
        this.parts = new Parts(plan);
        this.open = plan.pacing() instanceof Pacing.Open;
        this.absent = new int[parts.breakdown().size()];
    }

    Tally tally() {
        return tally;
    }

    Windows windows() {
        return windows;
    }

    Parts parts() {
        return parts;
    }

    // Of requests that count.

    /// @param room whether it will be sent
    void due(boolean room) {
        WindowTally window = windows.current();
        window.due++;
        window.overflowed += room ? 0 : 1;
    }

    /// The first one was begun.
    void begun(long nowNanos) {
        tally.begun = true;
        tally.firstNanos = nowNanos;
        tally.lastNanos = nowNanos;
    }

    /// @param lagNanos since it was due
    void noticed(long lagNanos) {
        tally.noticed(lagNanos);
    }

    /// @param nanos while all connections stood, and all of their places in flight were taken
    void waitedForPlace(long nanos) {
        if (open && nanos > 0) {
            tally.waitedForPlace(nanos);
        }
    }

    void answered(Slot slot, int code, boolean verified, long nowNanos) {
        long nanos = Tally.bounded(nowNanos - slot.dueNanos);
        WindowTally window = windows.current();
        if (code == Codes.OK) {
            window.latency.add(nanos);
            tally.serviceTime.recordValue(Tally.bounded(nowNanos - slot.sentNanos));
        } else {
            failed(code, nanos);
        }
        tally.verified += verified ? 1 : 0;
        tally.lastNanos = nowNanos;
        sent(slot);
        parts.ended(slot.payload, slot.values, code, nanos);
    }

    /// A request is sent once at last, however often it was handed back before.
    private void sent(Slot slot) {
        if (open && slot.written >= 0) {
            tally.sent(slot.sentNanos - slot.dueNanos);
        }
    }

    /// It was due and waited for a place in flight or a connection, until something else became of it.
    ///
    /// @param payload that it would have had
    void neverSent(int payload, int code, long dueNanos, long nowNanos) {
        long nanos = Tally.bounded(nowNanos - dueNanos);
        failed(code, nanos);
        // What is only given up at the end does not make the run longer.
        tally.lastNanos = code == Codes.UNFINISHED ? tally.lastNanos : nowNanos;
        parts.ended(payload, absent, code, nanos);
    }

    private void failed(int code, long nanos) {
        windows.current().failed++;
        tally.failed(code, nanos);
    }

    /// It has no answer and will have none.
    void unfinished(Slot slot, long nowNanos) {
        long nanos = Tally.bounded(nowNanos - slot.dueNanos);
        failed(Codes.UNFINISHED, nanos);
        sent(slot);
        parts.ended(slot.payload, slot.values, Codes.UNFINISHED, nanos);
    }
}
