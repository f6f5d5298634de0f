package dev.penstock.server.admin;

import java.time.Instant;

/// A step in the life of a version.
///
/// @param version 0 if it concerns the model as a whole
/// @param detail for people: how much was fetched, why it failed; or ""
/// @param bytes that were fetched so far; 0 for other steps
/// @param totalBytes that are to be fetched; 0 if that is not known
public record LifecycleEvent(
        Instant at, String model, long version, LifecyclePhase phase, String detail, long bytes, long totalBytes) {
    /// Of a step without bytes.
    public LifecycleEvent(Instant at, String model, long version, LifecyclePhase phase, String detail) {
        this(at, model, version, phase, detail, 0, 0);
    }
}
