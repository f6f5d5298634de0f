package dev.penstock.loadtest.engine;

/// Which requests of one loop are begun, and which of them count. Confined to the loop.
abstract sealed class Course {
    enum Verdict {
        UNCOUNTED,
        COUNTED,
        NO_MORE
    }

    /// @param startNanos when the run starts
    /// @param part of how many loops this is one, and which: counts are divided among them
    static Course of(Extent extent, long startNanos, int part, int parts) {
        return switch (extent) {
            case Extent.During(var warmUp, var measured) -> {
                long from = startNanos + warmUp.toNanos();
                yield new Timed(from, from + measured.toNanos());
            }
            case Extent.Requests(long warmUp, long measured) ->
                new Numbered(share(warmUp, part, parts), share(measured, part, parts));
        };
    }

    private static long share(long count, int part, int parts) {
        return count / parts + (part < count % parts ? 1 : 0);
    }

    /// Asks for one more request, which is begun unless it says no.
    abstract Verdict next(long dueNanos);

    abstract boolean hasBegunCounting(long nowNanos);

    /// When counting began, of one that [#hasBegunCounting].
    abstract long countedFromNanos(long nowNanos);

    /// When counting ends; later than any time if that is for the answers to say.
    abstract long countedToNanos(long nowNanos);

    /// No request that counts will be begun any more.
    abstract boolean hasEnded(long nowNanos);

    /// Ends it at that time, if it would end later; if its end is counted in requests, now.
    abstract void stop(long atNanos);

    /// No request will be due any more.
    abstract void runDry();

    private static final class Timed extends Course {
        private final long fromNanos;
        private long toNanos;

        Timed(long fromNanos, long toNanos) {
            this.fromNanos = fromNanos;
            this.toNanos = toNanos;
        }

        @Override
        Verdict next(long dueNanos) {
            if (dueNanos - toNanos >= 0) {
                return Verdict.NO_MORE;
            }
            return dueNanos - fromNanos >= 0 ? Verdict.COUNTED : Verdict.UNCOUNTED;
        }

        @Override
        boolean hasBegunCounting(long nowNanos) {
            return nowNanos - fromNanos >= 0;
        }

        @Override
        long countedFromNanos(long nowNanos) {
            return fromNanos;
        }

        @Override
        long countedToNanos(long nowNanos) {
            return toNanos;
        }

        @Override
        boolean hasEnded(long nowNanos) {
            return nowNanos - toNanos >= 0;
        }

        @Override
        void stop(long atNanos) {
            toNanos += Math.min(0, atNanos - toNanos);
        }

        @Override
        void runDry() {
            // Its time passes all the same.
        }
    }

    private static final class Numbered extends Course {
        private long uncounted;
        private long all;
        private long begun;

        Numbered(long uncounted, long counted) {
            this.uncounted = uncounted;
            this.all = uncounted + counted;
        }

        @Override
        Verdict next(long dueNanos) {
            if (begun == all) {
                return Verdict.NO_MORE;
            }
            return begun++ < uncounted ? Verdict.UNCOUNTED : Verdict.COUNTED;
        }

        @Override
        boolean hasBegunCounting(long nowNanos) {
            return begun >= uncounted;
        }

        @Override
        long countedFromNanos(long nowNanos) {
            return nowNanos;
        }

        @Override
        long countedToNanos(long nowNanos) {
            return nowNanos + Arrivals.NEVER;
        }

        @Override
        boolean hasEnded(long nowNanos) {
            return begun == all;
        }

        @Override
        void stop(long atNanos) {
            runDry();
        }

        @Override
        void runDry() {
            all = begun;
            uncounted = Math.min(uncounted, begun);
        }
    }
}
