package dev.penstock.loadtest.result;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Results as JSON files: see `docs/load-testing.md`, "Results". What is written is read back without
/// loss, but for times below a nanosecond.
public final class TestResults {
    /// Of the files written. A reader of one format refuses others rather than guess.
    static final int FORMAT = 1;

    /// A histogram with many different values is one long string.
    private static final int MAX_STRING = 64 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_STRING)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private TestResults() {}

    /// Blocks on the file.
    ///
    /// @throws ResultFileException if it is no result, or one in another format
    public static TestResult read(Path file) throws IOException {
        return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
    }

    /// Blocks on the file; its folder exists.
    public static void write(TestResult result, Path file) throws IOException {
        Files.writeString(file, toJson(result), StandardCharsets.UTF_8);
    }

    /// @return the same text for the same result, with a line end
    public static String toJson(TestResult result) {
        return ResultJson.of(result).toPrettyString() + "\n";
    }

    /// @param source where the text is from, for the message
    /// @throws ResultFileException if it is no result, or one in another format
    static TestResult parse(String source, String text) {
        JsonNode json;
        try {
            json = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new ResultFileException(source + " is not valid JSON: " + e.getOriginalMessage());
        }
        try {
            return ResultParser.parse(new JsonField(json, ""));
        } catch (ResultFileException e) {
            throw new ResultFileException(source + ": " + e.getMessage());
        }
    }
}
