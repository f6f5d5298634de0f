package dev.penstock.server;

/// How a starting server tells how far it is. Called by one thread, each method at most once, in this order.
interface Progress {
    /// Every door is open; models may still be loading.
    void listening(Addresses addresses);

    /// Every model that could be loaded is.
    ///
    /// @param loaded how many versions are ready
    /// @param failed how many are not, though they should be
    void loaded(int loaded, int failed);
}
