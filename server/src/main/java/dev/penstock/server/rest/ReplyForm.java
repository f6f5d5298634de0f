package dev.penstock.server.rest;

import java.util.Map;

/// How the caller wants its answer.
///
/// @param id to be repeated, or ""
/// @param binaryByDefault whether an output that `binary` does not name goes as binary data
/// @param nonFiniteAsStrings whether JSON may have "NaN" and "Infinity" as strings; otherwise they are an error
record ReplyForm(String id, boolean binaryByDefault, Map<String, Boolean> binary, boolean nonFiniteAsStrings) {
    /// As a raw binary request is answered.
    static final ReplyForm ALL_BINARY = new ReplyForm("", true, Map.of(), false);

    ReplyForm {
        binary = Map.copyOf(binary);
    }

    boolean isBinary(String output) {
        return binary.getOrDefault(output, binaryByDefault);
    }
}
