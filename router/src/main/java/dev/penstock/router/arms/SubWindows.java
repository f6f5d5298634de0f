package dev.penstock.router.arms;

/// Which buckets were counted already in these minutes: of one arm, or, where shares are dealt anew all the
/// time, of all arms under one salt, whichever had them and however often. Who deals each minute would else
/// have each bucket counted each minute; were buckets told apart by arm there, those that move would count
/// once more, all of them for the arm that gets them. Any thread asks.
final class SubWindows {
    /// Who still has the one before may count a bucket a second time, at its end.
    private volatile Seen now = new Seen();

    /// In one of them.
    static final class Seen {
        private final SeenBits eligible = new SeenBits(ArmLedger.BUCKETS);
        private final SeenBits failed = new SeenBits(ArmLedger.BUCKETS);
        private final SeenBits abandoned = new SeenBits(ArmLedger.BUCKETS);
        private final SeenBits refused = new SeenBits(ArmLedger.BUCKETS);

        /// @return whether the bucket had no request before
        boolean add(int bucket) {
            return eligible.add(bucket);
        }

        /// @return whether the bucket did not end so before
        boolean add(Ending ending, int bucket) {
            return switch (ending) {
                case ANSWERED -> false;
                case FAILED -> failed.add(bucket);
                case ABANDONED -> abandoned.add(bucket);
                case REFUSED -> refused.add(bucket);
            };
        }
    }

    Seen now() {
        return now;
    }

    /// From now on every bucket counts again.
    void next() {
        now = new Seen();
    }
}
