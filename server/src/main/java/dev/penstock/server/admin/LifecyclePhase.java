package dev.penstock.server.admin;

/// Where a version is in its life, in the order of a life without trouble.
public enum LifecyclePhase {
    REGISTERED,
    DOWNLOADING,
    VERIFYING,
    LOADING,
    WARMING,
    CHECKING,
    READY,
    DRAINING,
    UNLOADED,
    FAILED
}
