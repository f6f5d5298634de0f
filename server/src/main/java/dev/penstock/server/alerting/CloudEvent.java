package dev.penstock.server.alerting;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One event as CloudEvents 1.0 has it. Immutable; whoever is told of it is told of the same `id`.
///
/// @param source of it, a relative URI
/// @param subject of it, a relative URI
/// @param timeMillis since 1970
/// @param data a JSON object
/// @param about what it tells of, for whoever wants to know whether it has arrived
record CloudEvent(String id, String type, String source, String subject, long timeMillis, String data, String about) {
    private static final String VERSION = "1.0";

    /// What is sent of it.
    ///
    /// @param headers with the body's type
    record Message(Map<String, String> headers, String body) {}

    /// A part of a URI.
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// With its attributes in the body.
    Message structured() {
        return new Message(Map.of("Content-Type", "application/cloudevents+json; charset=utf-8"), json());
    }

    /// With its attributes in headers.
    Message binary() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("ce-specversion", VERSION);
        headers.put("ce-id", id);
        headers.put("ce-type", type);
        headers.put("ce-source", source);
        headers.put("ce-subject", subject);
        headers.put("ce-time", time());
        return new Message(headers, data);
    }

    String json() {
        ObjectNode event = JsonMapper.shared().createObjectNode();
        event.put("specversion", VERSION)
                .put("id", id)
                .put("type", type)
                .put("source", source)
                .put("subject", subject)
                .put("time", time())
                .put("datacontenttype", "application/json");
        event.set("data", JsonMapper.shared().readTree(data));
        return event.toString();
    }

    private String time() {
        return Instant.ofEpochMilli(timeMillis).toString();
    }
}
