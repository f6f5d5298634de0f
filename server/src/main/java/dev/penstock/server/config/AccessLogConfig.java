package dev.penstock.server.config;

/// The log of requests.
///
/// @param target a file, `-` for standard output, or "" for none
/// @param ratio of all requests, from 0 to 1
/// @param failedRatio of those of the others that fail
/// @param queueSize requests that may wait to be written
public record AccessLogConfig(String target, double ratio, double failedRatio, int queueSize) {
    /// No log.
    public static final AccessLogConfig OFF = new AccessLogConfig("", 0, 0, 1);

    private static final String STANDARD_OUTPUT = "-";

    public boolean isOn() {
        return !target.isEmpty();
    }

    public boolean isStandardOutput() {
        return target.equals(STANDARD_OUTPUT);
    }
}
