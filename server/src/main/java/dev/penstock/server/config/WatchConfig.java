package dev.penstock.server.config;

/// How models are watched: by what they are asked and answer, by what is said of their answers, and by copies.
public record WatchConfig(
        ServerConfig.Monitoring monitoring,
        AlertsConfig alerts,
        ServerConfig.Feedback feedback,
        ServerConfig.Shadow shadow) {}
