package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.PhaseObserver;
import dev.penstock.loadtest.target.ProcessCpu;

/// The CPU time of a process between the beginning and the end of what is measured. Confined to the thread
/// that runs the load.
final class CpuWindow implements PhaseObserver {
    private final ProcessCpu cpu;
    private long beganNanos;
    private long endedNanos;

    CpuWindow(ProcessCpu cpu) {
        this.cpu = cpu;
    }

    @Override
    public void measuringBegan(long nowNanos) {
        beganNanos = cpu.nanos();
    }

    @Override
    public void measuringEnded(long nowNanos) {
        endedNanos = cpu.nanos();
    }

    long nanos() {
        return endedNanos - beganNanos;
    }
}
