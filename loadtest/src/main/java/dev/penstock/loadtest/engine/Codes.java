package dev.penstock.loadtest.engine;

import io.grpc.Status;
import java.util.Map;
import java.util.TreeMap;

/// What can become of a request, as small numbers: gRPC's statuses under their own numbers, then what the
/// client itself finds, then HTTP/2 resets, then HTTP statuses under their own.
final class Codes {
    static final int OK = 0;
    static final int DEADLINE_EXCEEDED = 4;
    static final int TIMEOUT = 20;
    static final int CONNECTION_LOST = 21;
    static final int PROTOCOL_ERROR = 22;
    static final int EMPTY_ANSWER = 23;
    static final int WRONG_ANSWER = 24;
    static final int STREAM_ERROR = 25;
    static final int STREAM_ENDED = 26;
    static final int UNFINISHED = 27;
    static final int GOAWAY = 28;
    static final int COUNT = 600;

    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int GRPC_STATUSES = 17;
    private static final int RESET = 40;

    /// The server has reset the call and says no more.
    static final int CANCELLED = RESET + H2.CANCEL;

    private static final int MIN_HTTP_STATUS = 100;
    private static final String[] OWN = {
        "TIMEOUT",
        "CONNECTION_LOST",
        "PROTOCOL_ERROR",
        "EMPTY_ANSWER",
        "WRONG_ANSWER",
        "STREAM_ERROR",
        "STREAM_ENDED",
        "UNFINISHED",
        "GOAWAY"
    };
    private static final String[] RESETS = {
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"
    };

    private Codes() {}

    static int grpc(int status) {
        return status >= 0 && status < GRPC_STATUSES ? status : PROTOCOL_ERROR;
    }

    static int http(int status) {
        return status >= MIN_HTTP_STATUS && status < COUNT ? status : PROTOCOL_ERROR;
    }

    /// @param error of an RST_STREAM frame
    static int reset(long error) {
        return error >= 0 && error < RESETS.length ? RESET + (int) error : PROTOCOL_ERROR;
    }

    static boolean isRejection(int code) {
        return code == RESOURCE_EXHAUSTED || code == TOO_MANY_REQUESTS;
    }

    static String name(int code) {
        if (code < GRPC_STATUSES) {
            return Status.fromCodeValue(code).getCode().name();
        }
        if (code >= TIMEOUT && code < TIMEOUT + OWN.length) {
            return OWN[code - TIMEOUT];
        }
        if (code >= RESET && code < RESET + RESETS.length) {
            return "RESET " + RESETS[code - RESET];
        }
        return "HTTP " + code;
    }

    /// @param counts by code
    static Map<String, Long> named(long[] counts) {
        Map<String, Long> named = new TreeMap<>();
        for (int code = 0; code < counts.length; code++) {
            if (counts[code] > 0) {
                named.put(name(code), counts[code]);
            }
        }
        return named;
    }
}
