package dev.penstock.server.alerting;

/// The way to one receiver. Thread-safe, but for [#turn], which one thread calls.
interface Channel {
    String name();

    /// Tells the receiver what is due. Blocks.
    ///
    /// @throws InterruptedException if the thread is interrupted; what was under way may have arrived
    void turn() throws InterruptedException;

    /// When there is something to do next, on the clock of the server; [Long#MAX_VALUE] for never.
    long dueMillis();

    ReceiverStatus status();

    /// Nothing is tried any more, and what comes of a turn that is under way does not count.
    void giveUp();
}
