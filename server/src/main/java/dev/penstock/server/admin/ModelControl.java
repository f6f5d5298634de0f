package dev.penstock.server.admin;

/// Loads and unloads models on a caller's word. Thread-safe; both block until it is done: never on an event
/// loop.
public interface ModelControl {
    /// Reads the repository anew for this model and loads what its policy asks for. A version that serves
    /// goes on serving until its successor does.
    ///
    /// @throws dev.penstock.core.ServingException if this server does not allow it, there is no such model, or it
    ///     cannot be loaded
    void load(String model);

    /// Stops serving the model, finishes what runs, and frees it.
    ///
    /// @throws dev.penstock.core.ServingException if this server does not allow it
    void unload(String model);
}
