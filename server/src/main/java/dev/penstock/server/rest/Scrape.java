package dev.penstock.server.rest;

import java.nio.ByteBuffer;

/// Where the metrics page comes from. May block; called on a thread that may.
@FunctionalInterface
public interface Scrape {
    /// @param accept the caller's `Accept` header, or ""; it chooses the format
    Page page(String accept);

    /// What a scrape is answered with.
    record Page(String contentType, ByteBuffer body) {}
}
