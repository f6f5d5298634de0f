package dev.penstock.core.batching;

/// What workers and doors do to a lane, in the hands of a test: nobody parks.
final class LaneActions {
    private LaneActions() {}

    /// One worker's turn, if anything wants one.
    static boolean work(Workers workers, Thread self, int index) {
        Work work = workers.poll(self);
        if (work == null) {
            return false;
        }
        work.work(index);
        return true;
    }

    /// As many turns as anything wants. Far fewer than the limit, unless somebody hands work on for ever.
    static void workAll(Workers workers, Thread self, int index) {
        int turns = 0;
        while (work(workers, self, index)) {
            turns++;
            if (turns > 100) {
                throw new IllegalStateException("a lane without rows is never done (expected: idle)");
            }
        }
    }

    /// @return 0 if the lane took the call, else a number that spoils every sum
    static int offer(Lane lane, RowsCall call) {
        return lane.offer(call, 0, 0) == Offer.TAKEN ? 0 : -100;
    }
}
