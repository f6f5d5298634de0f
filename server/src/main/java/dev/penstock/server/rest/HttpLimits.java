package dev.penstock.server.rest;

import dev.penstock.core.Check;
import java.time.Duration;

/// What one HTTP connection may cost.
///
/// @param maxBodyBytes of one request
/// @param bodySetting the setting that `maxBodyBytes` comes from, for the message of a refusal; "" if it is fixed
/// @param maxHeaderBytes of all header lines of one request together
/// @param maxHeaders header lines of one request
/// @param maxPipelined requests of one connection that may be in progress; the next ones are not read until then
/// @param idleTimeout how long a connection may stay open between requests
/// @param messageTimeout how long one request may take to arrive, and how long a client may read nothing
public record HttpLimits(
        int maxBodyBytes,
        String bodySetting,
        int maxRequestLineBytes,
        int maxHeaderBytes,
        int maxHeaders,
        int maxPipelined,
        Duration idleTimeout,
        Duration messageTimeout) {
    public static final HttpLimits DEFAULT = new HttpLimits(
            64 << 20,
            "http.max-body-bytes",
            8 << 10,
            16 << 10,
            200,
            64,
            Duration.ofSeconds(75),
            Duration.ofSeconds(60));

    /// For ports that are only read from, where no request has a body worth mentioning.
    public static final HttpLimits SMALL = DEFAULT.withMaxBody(64 << 10, "");

    public HttpLimits {
        Check.argument(maxBodyBytes >= 0, "maxBodyBytes: %d (expected: >= 0)", maxBodyBytes);
        Check.argument(maxRequestLineBytes > 0, "maxRequestLineBytes: %d (expected: > 0)", maxRequestLineBytes);
        Check.argument(maxHeaderBytes > 0, "maxHeaderBytes: %d (expected: > 0)", maxHeaderBytes);
        Check.argument(maxHeaders > 0, "maxHeaders: %d (expected: > 0)", maxHeaders);
        Check.argument(maxPipelined > 0, "maxPipelined: %d (expected: > 0)", maxPipelined);
        Check.argument(idleTimeout.isPositive(), "idleTimeout: %s (expected: > 0)", idleTimeout);
        Check.argument(messageTimeout.isPositive(), "messageTimeout: %s (expected: > 0)", messageTimeout);
    }

    BodyLimit body() {
        return new BodyLimit(maxBodyBytes, bodySetting);
    }

    /// @param setting the setting that the limit comes from
    public HttpLimits withMaxBody(int bytes, String setting) {
        return new HttpLimits(
                bytes,
                setting,
                maxRequestLineBytes,
                maxHeaderBytes,
                maxHeaders,
                maxPipelined,
                idleTimeout,
                messageTimeout);
    }

    public HttpLimits withMaxPipelined(int requests) {
        return new HttpLimits(
                maxBodyBytes,
                bodySetting,
                maxRequestLineBytes,
                maxHeaderBytes,
                maxHeaders,
                requests,
                idleTimeout,
                messageTimeout);
    }

    public HttpLimits withTimeouts(Duration idle, Duration message) {
        return new HttpLimits(
                maxBodyBytes,
                bodySetting,
                maxRequestLineBytes,
                maxHeaderBytes,
                maxHeaders,
                maxPipelined,
                idle,
                message);
    }
}
