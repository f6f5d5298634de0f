package dev.penstock.server.admin;

/// Who decides which models of the repository serve.
public enum ModelControlMode {
    /// All of them, from the start on; nobody may load or unload.
    NONE,
    /// Those named at the start, and from then on callers, by load and unload.
    EXPLICIT
}
