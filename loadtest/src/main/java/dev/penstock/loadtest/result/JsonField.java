package dev.penstock.loadtest.result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// A place in a JSON text that is being read, which knows where it is.
///
/// @param path such as `stages[2].latency`; empty for the whole
record JsonField(JsonNode node, String path) {
    /// @return the field of that name; one that is missing complains when it is read
    JsonField at(String name) {
        if (!node.isObject()) {
            throw wrong("an object");
        }
        JsonNode value = node.get(name);
        return new JsonField(
                value == null ? MissingNode.getInstance() : value, path.isEmpty() ? name : path + "." + name);
    }

    boolean isAbsent() {
        return node.isMissingNode() || node.isNull();
    }

    String text() {
        if (!node.isString()) {
            throw wrong("a string");
        }
        return node.stringValue();
    }

    boolean flag() {
        if (!node.isBoolean()) {
            throw wrong("true or false");
        }
        return node.booleanValue();
    }

    /// @param least the smallest that is right
    long whole(long least) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < least) {
            throw wrong("a whole number of at least " + least);
        }
        return node.longValue();
    }

    int number(int least) {
        long value = whole(least);
        if (value > Integer.MAX_VALUE) {
            throw wrong("a whole number of at most " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    /// @return NaN for null, as JSON has no word for it, and for what is missing
    double fraction() {
        if (isAbsent()) {
            return Double.NaN;
        }
        if (!node.isNumber()) {
            throw wrong("a number");
        }
        return node.doubleValue();
    }

    Duration nanos(long least) {
        return Duration.ofNanos(whole(least));
    }

    Histogram histogram() {
        return HistogramJson.parse(this);
    }

    <T> List<T> list(Function<JsonField, T> reader) {
        if (!node.isArray()) {
            throw wrong("a list");
        }
        List<T> values = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            values.add(reader.apply(new JsonField(element, path + "[" + values.size() + "]")));
        }
        return values;
    }

    <T> Map<String, T> map(Function<JsonField, T> reader) {
        if (!node.isObject()) {
            throw wrong("an object");
        }
        Map<String, T> values = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            values.put(entry.getKey(), reader.apply(new JsonField(entry.getValue(), path + "." + entry.getKey())));
        }
        return values;
    }

    <T> Optional<T> optional(Function<JsonField, T> reader) {
        return isAbsent() ? Optional.empty() : Optional.of(reader.apply(this));
    }

    ResultFileException wrong(String expected) {
        String what = path.isEmpty() ? "the text" : path;
        if (node.isMissingNode()) {
            return new ResultFileException(what + " is missing (expected: " + expected + ")");
        }
        String value = node.toString();
        String shown = value.length() <= 60 ? value : value.substring(0, 60) + "...";
        return new ResultFileException(what + " is " + shown + " (expected: " + expected + ")");
    }
}
