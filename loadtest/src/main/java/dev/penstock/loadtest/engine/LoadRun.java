package dev.penstock.loadtest.engine;

import java.util.function.LongSupplier;

/// Carries out plans. Immutable; several runs may go on at a time, each has threads of its own.
public final class LoadRun {
    private final LongSupplier nanoClock;

    /// @param nanoClock what all times are measured with, such as `System::nanoTime`; called from several threads
    public LoadRun(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /// Carries a plan out. Blocks the calling thread until the run is over; an interrupt ends it early.
    ///
    /// @param phases told when measuring begins and ends, on the calling thread
    /// @throws LoadException if no connection can be made, or the server does not allow what the plan asks for
    public LoadResult run(LoadPlan plan, PhaseObserver phases) {
        throw new UnsupportedOperationException("run");
    }

    /// Sends the plan's first payload once and waits for the answer, whatever extent and pacing the plan has.
    ///
    /// @return the message (gRPC) or the body (HTTP)
    /// @throws LoadException if there is no answer or it is an error
    public byte[] ask(LoadPlan plan) {
        throw new UnsupportedOperationException("ask");
    }
}
