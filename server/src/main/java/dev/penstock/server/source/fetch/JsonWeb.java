package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.net.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks APIs for small JSON answers. Thread-safe; blocks.
record JsonWeb(Web web, Pauses pauses) {
    private static final int MAX_BYTES = 8 << 20;
    private static final int MAX_FAILURES = 3;
    private static final JsonMapper MAPPER = new JsonMapper();

    /// @throws FetchException with `NOT_FOUND` if there is none
    JsonNode get(URI uri, Map<String, String> headers, Map<String, String> secrets, Deadline deadline) {
        return parse(uri, bytes(new Web.Wanted(uri, headers, secrets, deadline)));
    }

    /// The answer as it came.
    byte[] bytes(Web.Wanted wanted) {
        for (int failures = 0; ; failures++) {
            try {
                return once(wanted);
            } catch (IOException e) {
                pause(wanted.uri(), failures, e);
            }
        }
    }

    private byte[] once(Web.Wanted wanted) throws IOException {
        try (HttpReply reply = web.get(wanted)) {
            if (reply.status() != 200) {
                throw Web.refusal(reply);
            }
            byte[] bytes = reply.body().readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new FetchException(Reason.TOO_LARGE, Web.shown(wanted.uri()) + " answers more than 8 MiB");
            }
            return bytes;
        }
    }

    private void pause(URI uri, int failures, IOException failure) {
        if (failures >= MAX_FAILURES) {
            throw new FetchException(
                    Reason.UNREACHABLE, Web.shown(uri) + " cannot be reached: " + failure.getMessage(), failure);
        }
        try {
            pauses.pause(failures);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FetchException(Reason.UNREACHABLE, "it was interrupted", e);
        }
    }

    static JsonNode parse(URI uri, byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            throw new FetchException(Reason.UNREACHABLE, Web.shown(uri) + " answers with something that is no JSON", e);
        }
    }
}
