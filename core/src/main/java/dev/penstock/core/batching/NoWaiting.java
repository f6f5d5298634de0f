package dev.penstock.core.batching;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;

/// Nobody waits on the sequencer: the lanes wake their workers themselves.
final class NoWaiting implements WaitStrategy {
    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependentSequence, SequenceBarrier barrier) {
        throw new AssertionError("nobody waits");
    }

    @Override
    public void signalAllWhenBlocking() {}
}
