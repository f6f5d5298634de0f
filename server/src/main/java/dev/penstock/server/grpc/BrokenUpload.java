package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import java.io.IOException;

/// Why the rest of an upload will not come.
final class BrokenUpload extends IOException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    BrokenUpload(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    ErrorCode code() {
        return code;
    }
}
