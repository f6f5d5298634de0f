package dev.penstock.server.config;

/// What runs requests, and what they may take.
///
/// @param maxInFlightBytes of all requests under way; 0 where the machine decides
public record WorkConfig(
        ServerConfig.Threads threads,
        ServerConfig.Queue queue,
        long maxInFlightBytes,
        ServerConfig.Memory memory,
        ServerConfig.ResponseCache responseCache) {}
