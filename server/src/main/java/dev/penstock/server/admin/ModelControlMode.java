package dev.penstock.server.admin;

/// Who decides which models of the repository serve.
public enum ModelControlMode {
    /// All of them, from the start on; nobody may load or unload.
    NONE,
    /// All of them, and what changes on the disk while the server runs; nobody else may load or unload.
    POLL,
    /// Those named at the start, and from then on callers, by load and unload.
    EXPLICIT
}
