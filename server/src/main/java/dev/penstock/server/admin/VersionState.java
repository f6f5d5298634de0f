package dev.penstock.server.admin;

/// Where a version is in its life. The constants' names are those of the protocol's repository index.
public enum VersionState {
    LOADING,
    READY,
    UNLOADING,
    /// Not in memory: not asked for, unloaded, or failed to load; the reason tells.
    UNAVAILABLE
}
