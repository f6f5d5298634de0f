package dev.penstock.loadtest.engine;

/// Told when the measured phase begins and ends, to read a server's CPU time at the same moments. Called on
/// the thread that called [LoadRun#run]; should return at once.
public interface PhaseObserver {
    /// Wants to know nothing.
    PhaseObserver NONE = new PhaseObserver() {
        @Override
        public void measuringBegan(long nowNanos) {}

        @Override
        public void measuringEnded(long nowNanos) {}
    };

    /// @param nowNanos by the clock of the run
    void measuringBegan(long nowNanos);

    /// No more requests are begun; answers may still be under way.
    ///
    /// @param nowNanos by the clock of the run
    void measuringEnded(long nowNanos);

    /// A window of the measured time has ended; called once for each, in their order, at most 36,000 times.
    /// It may come moments later than it ended, also after [#measuringEnded]. The run fails if so many are
    /// finished and not yet told that they would take too much memory.
    ///
    /// @return whether the run goes on; if not, the measured time ends within moments, as if the plan had said so
    default boolean window(LoadWindow window) {
        return true;
    }
}
