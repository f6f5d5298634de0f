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

    /// No request that counts will be begun any more.
    abstract boolean hasEnded(long nowNanos);

    /// How long requests that count are begun; 0 if that is for the answers to say.
    abstract long spanNanos();

    private static final class Timed extends Course {
        private final long fromNanos;
        private final long toNanos;

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
        boolean hasEnded(long nowNanos) {
            return nowNanos - toNanos >= 0;
        }

        @Override
        long spanNanos() {
            return toNanos - fromNanos;
        }
    }

    private static final class Numbered extends Course {
        private final long uncounted;
        private final long all;
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
        boolean hasEnded(long nowNanos) {
            return begun == all;
        }

        @Override
        long spanNanos() {
            return 0;
        }
    }
}
