package dev.penstock.server.rest;

/// Where the metrics page comes from. May block; called on a thread that may.
@FunctionalInterface
public interface Scrape {
    /// @param accept the caller's `Accept` header, or ""; it chooses the format
    Page page(String accept);

    /// What a scrape is answered with, as UTF-8.
    record Page(String contentType, String text) {}
}
