package dev.penstock.server.gate;

import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.server.config.ByteSize;
import dev.penstock.server.config.TimeSpan;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Single values of the parameters of a `config.pbtxt`. Pure.
final class GateParameters {
    private final ModelConfig config;

    GateParameters(ModelConfig config) {
        this.config = config;
    }

    boolean has(String name) {
        return config.containsParameters(name);
    }

    /// Whether it is the second of two words; the first is what it is when it is left out.
    boolean isSecond(String name, String first, String second) {
        String text = text(name, first);
        if (!List.of(first, second).contains(text)) {
            throw wrong(name, text, first + " or " + second);
        }
        return text.equals(second);
    }

    int count(String name, int otherwise, int least, int most) {
        String text = text(name, Integer.toString(otherwise));
        int count = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
        if (count < least || count > most) {
            throw wrong(name, text, "an integer from %d to %d".formatted(least, most));
        }
        return count;
    }

    /// @return 0 if it is left out
    long bytes(String name) {
        if (!has(name)) {
            return 0;
        }
        long bytes = ByteSize.bytes(text(name, ""));
        if (bytes < 1) {
            throw wrong(name, text(name, ""), "a size of at least 1 byte, e.g. 200MiB");
        }
        return bytes;
    }

    double factor(String name, double otherwise, double least, double most) {
        String text = text(name, Double.toString(otherwise));
        double factor = text.matches("\\d{1,4}(\\.\\d{1,6})?") ? Double.parseDouble(text) : -1;
        if (factor < least || factor > most) {
            throw wrong(name, text, "a number from %s to %s".formatted(least, most));
        }
        return factor;
    }

    Duration time(String name, Duration otherwise, Duration most) {
        if (!has(name)) {
            return otherwise;
        }
        String text = text(name, "");
        @Nullable Duration time = TimeSpan.read(text);
        if (time == null || time.isZero() || time.compareTo(most) > 0) {
            throw wrong(
                    name, text, "a duration of more than 0 and at most %d s, e.g. 20ms".formatted(most.toSeconds()));
        }
        return time;
    }

    URI http(String name) {
        String text = text(name, "");
        try {
            URI uri = new URI(text);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null && uri.getUserInfo() == null && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        // Not repeated: there may be a secret in it.
        throw wrong(name, "…", "an http or https URL with a host and without a user, e.g. https://ci.example.com/gate");
    }

    private String text(String name, String otherwise) {
        return has(name) ? config.getParametersOrThrow(name).getStringValue() : otherwise;
    }

    private static ModelLoadException wrong(String name, String text, String expected) {
        return new ModelLoadException(
                "parameter '%s': string_value '%s' (expected: %s)".formatted(name, text, expected));
    }
}
