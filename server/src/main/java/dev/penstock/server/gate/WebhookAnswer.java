package dev.penstock.server.gate;

import dev.penstock.server.wire.HeaderText;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a webhook said.
///
/// @param detail for people, or ""
record WebhookAnswer(boolean passed, String detail) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_DETAIL_CHARS = 1000;

    /// @return empty unless it is `{"passed": true or false, "detail": "…"}`; the detail may be left out
    static Optional<WebhookAnswer> parse(byte[] body) {
        try {
            JsonNode root = JSON.readTree(body);
            @Nullable JsonNode passed = root.get("passed");
            @Nullable JsonNode detail = root.get("detail");
            boolean wellFormed = passed != null && passed.isBoolean() && (detail == null || detail.isString());
            if (!wellFormed) {
                return Optional.empty();
            }
            String text = detail == null ? "" : HeaderText.shorten(detail.stringValue(), MAX_DETAIL_CHARS);
            return Optional.of(new WebhookAnswer(passed.booleanValue(), text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
