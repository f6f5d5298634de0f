package dev.penstock.server;

/// How a command prints what it found.
enum OutputFormat {
    TABLE,
    JSON
}
