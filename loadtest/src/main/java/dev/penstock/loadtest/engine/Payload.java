package dev.penstock.loadtest.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One request that is sent again and again. Immutable.
public final class Payload {
    private final String path;
    private final Map<String, String> headers;
    private final byte[] body;
    private final String group;
    private final @Nullable AnswerCheck check;

    private Payload(String path, Map<String, String> headers, byte[] body, String group, @Nullable AnswerCheck check) {
        if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException(
                    "path: " + path + " (expected: begins with '/', printable ASCII without spaces)");
        }
        this.path = path;
        this.headers = HeaderNames.checked(headers);
        this.body = body;
        this.group = group;
        this.check = check;
    }

    /// @param path of the request: `/package.Service/Method` for gRPC
    /// @param headers in lower case; those that the protocol itself needs are added
    /// @param body the message without gRPC's prefix, or the HTTP body; copied
    public static Payload of(String path, Map<String, String> headers, byte[] body) {
        return new Payload(path, headers, body.clone(), "", null);
    }

    /// The same, whose answers are checked: the length of each if the check knows it, the bytes of the first
    /// answers and of every [LoadPlan#verifyEvery()]th.
    public Payload expecting(AnswerCheck answers) {
        return new Payload(path, headers, body, group, Objects.requireNonNull(answers));
    }

    /// The same, as one of a group of payloads that are counted together, such as an entry of a mix. Without,
    /// a payload belongs to the group "".
    public Payload inGroup(String name) {
        return new Payload(path, headers, body, Objects.requireNonNull(name), check);
    }

    /// The same with more headers; those of a name that is there already are replaced.
    ///
    /// @param more in lower case; of a value `{n}` stands for the request's number and `{unit:K}` for one of
    ///     K units, drawn by [LoadPlan#seed()], digits for both
    public Payload withHeaders(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new Payload(path, all, body, group, check);
    }

    /// The same for a single request of that number: nothing of its headers varies.
    public Payload at(long number, long seed) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.replaceAll((_, value) -> VaryingValue.of(value).text(number, seed));
        return new Payload(path, all, body, group, check);
    }

    public String path() {
        return path;
    }

    public Map<String, String> headers() {
        return headers;
    }

    public String group() {
        return group;
    }

    public int bodyBytes() {
        return body.length;
    }

    public byte[] copyOfBody() {
        return body.clone();
    }

    /// Not a copy; nobody may write to it.
    byte[] body() {
        return body;
    }

    @Nullable
    AnswerCheck check() {
        return check;
    }
}
