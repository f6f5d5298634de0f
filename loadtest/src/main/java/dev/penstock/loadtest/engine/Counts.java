package dev.penstock.loadtest.engine;

/// Everything that one loop counts. Confined to the loop while it runs.
final class Counts {
    private final Tally tally = new Tally();
    private final Windows windows;
    private final Parts parts;

    Counts(LoadPlan plan, RunGate gate, int part) {
        this.windows = new Windows(gate, plan.window().toNanos(), part);
        this.parts = new Parts(plan);
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

    /// @param lagNanos since it was due
    void sent(long lagNanos) {
        tally.sent(lagNanos);
    }

    void answered(Slot slot, int code, boolean verified, long nowNanos) {
        long nanos = Tally.bounded(nowNanos - slot.dueNanos);
        WindowTally window = windows.current();
        if (code == Codes.OK) {
            window.latency.recordValue(nanos);
            tally.serviceTime.recordValue(Tally.bounded(nowNanos - slot.sentNanos));
        } else {
            failed(code, nanos);
        }
        tally.verified += verified ? 1 : 0;
        tally.lastNanos = nowNanos;
        parts.answered(slot, code, nanos);
    }

    /// It was due and waited for a place in flight, until something else became of it.
    ///
    /// @param payload that it would have had
    void neverSent(int payload, int code, long dueNanos, long nowNanos) {
        long nanos = Tally.bounded(nowNanos - dueNanos);
        failed(code, nanos);
        tally.lastNanos = nowNanos;
        parts.unanswered(payload, code, nanos);
    }

    private void failed(int code, long nanos) {
        windows.current().failed++;
        tally.failed(code, nanos);
    }

    /// They have no answer and will have none.
    void unfinished(long requests) {
        tally.errors[Codes.UNFINISHED] += requests;
        windows.current().failed += requests;
    }
}
