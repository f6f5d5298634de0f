package dev.penstock.core;

/// Whether rows of different requests run together.
public enum RowSharing {
    /// Every request runs alone.
    ALONE,
    /// Those of one shape, which was tried out, do.
    TOGETHER,
    /// It depends on their shapes, each of which is tried out when it is first seen.
    BY_SHAPE
}
