package dev.penstock.server.config;

/// What is written down of the server and of single requests.
public record LogConfig(LogLevel level, AccessLogConfig access, TracingConfig tracing, PayloadConfig payload) {}
