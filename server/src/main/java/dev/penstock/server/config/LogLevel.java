package dev.penstock.server.config;

/// The least severe records that are written.
public enum LogLevel {
    ERROR,
    WARNING,
    INFO,
    DEBUG,
    TRACE
}
