package dev.penstock.core.batching;

/// Something that wants a worker now and then.
interface Work {
    /// Does some of it. On a worker's thread.
    ///
    /// @param worker the worker's index
    void work(int worker);

    /// How many threads share one of its runs. Where that is more than one, no more run at a time than there
    /// are workers for.
    int threadsPerRun();

    /// Of the inputs of what waits. A moment's view; any thread.
    long waitingBytes();

    /// When the first of what waits came, or `otherwise` if nothing waits. A moment's view; any thread.
    long oldestArrivedNanos(long otherwise);

    /// Answers what is late. On the ticker's thread.
    ///
    /// @return whether it must be looked at again soon
    boolean tick(long nowNanos);

    /// Its place among what wants a worker: always the same one, for [ReadyQueue] alone.
    ReadyQueue.Place place();
}
