package dev.penstock.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.Samples.Shape;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

class CompareCommandTest {
    private static final Shape SHAPE = new Shape(20, 300, 2, 1000, 0.5, 0);
    private static final Shape SLOWER = new Shape(20, 300, 2, 1200, 0.5, 0);

    @TempDir
    private Path folder = Path.of("");

    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void writeResults() throws IOException {
        write("a.json", stage("300/s", SHAPE, 1));
        write("same.json", stage("300/s", SHAPE, 2));
        write("slower.json", stage("300/s", SLOWER, 3));
        write("invalid.json", stage("300/s", SHAPE, 4, "the client was 93 % busy (at most 80 %)."));
        write("other.json", stage("999/s", SHAPE, 5));
        Files.writeString(folder.resolve("text.json"), "hello");
        Files.writeString(folder.resolve("later.json"), "{\"format\": 2}");
        Files.createDirectories(folder.resolve("folder"));
        Files.copy(folder.resolve("a.json"), folder.resolve("folder/result.json"));
    }

    @Test
    void theSamePasses() {
        Outcome outcome = compare("a.json", "same.json");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("300/s  p99 ", "no difference shown").endsWith("B passes.\n");
        assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void slowerDoesNotPass() {
        Outcome outcome = compare("a.json", "slower.json");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.out()).containsPattern("300/s +p50 .* WORSE\n").endsWith("B does NOT pass.\n");
    }

    @ParameterizedTest
    @CsvSource({
        "--max-p50-increase 30%, 0, 30.0 % kept",
        "--max-p50-increase 5%, 1, 5.00 % EXCEEDED",
        "--max-p50-increase 20%, 0, 20.0 % undecided",
        "--max-p50-increase 20% --strict, 1, 20.0 % undecided",
        "--max-rate-decrease 1%, 0, 1.00 % kept",
        "--max-cpu-increase 0%, 0, 0 % kept",
        "--max-errors-increase 5%, 0, 5.00 % kept",
        "--max-p90-increase 5% --max-p99-increase 400%, 1, 400 % kept",
    })
    void onlyLimitsDecideWhereThereAreLimits(String flags, int exitCode, String said) {
        Outcome outcome = compare(("a.json slower.json " + flags).split(" ", -1));

        assertThat(outcome.exitCode()).isEqualTo(exitCode);
        assertThat(outcome.out()).contains(said);
    }

    @Test
    void aFolderStandsForItsResult() {
        assertThat(compare("folder", "a.json").exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a.json;Missing required parameter: 'B.json'",
                "a.json nowhere.json;nowhere.json cannot be read",
                "a.json text.json;text.json is not valid JSON",
                "a.json later.json;later.json: format is 2 (expected: 1",
                "a.json other.json;A and B have no stage of the same name (A: [300/s]; B: [999/s])",
                "a.json invalid.json;B, 300/s: the client was 93 % busy (at most 80 %).",
                "invalid.json a.json;A, 300/s: the client was 93 % busy (at most 80 %).",
                "a.json same.json --max-p99-increase 5;'5' (expected: a percentage such as 5% or 0.1%)",
                "a.json same.json --confidence 100%;--confidence (expected: above 0% and below 100%",
            })
    void whatCannotBeComparedIsSaid(String arguments, String message) {
        Outcome outcome = compare(arguments.split(" ", -1));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void whatIsNotValidIsComparedIfAskedForAndMarked() {
        Outcome outcome = compare("a.json", "invalid.json", "--allow-invalid");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("B: NOT VALID, 300/s: the client was 93 % busy (at most 80 %).");
    }

    @Test
    void jsonHasTheSameNumbers() {
        Outcome outcome = compare("a.json", "slower.json", "--format", "json", "--max-p50-increase", "5%");

        JsonNode json = Json.parse("the output", outcome.out().getBytes(StandardCharsets.UTF_8));
        assertThat(json.get("format").intValue()).isEqualTo(1);
        assertThat(json.get("passes").booleanValue()).isFalse();
        JsonNode p50 = json.get("lines").get(1);
        assertThat(p50.get("metric").stringValue()).isEqualTo("p50");
        assertThat(p50.get("verdict").stringValue()).isEqualTo("worse");
        assertThat(p50.get("limit_verdict").stringValue()).isEqualTo("exceeded");
        double ratio = p50.get("ratio").get("estimate").doubleValue();
        assertThat(ratio).isEqualTo(p50.get("b").doubleValue() / p50.get("a").doubleValue());
        assertThat(p50.get("ratio").get("low").doubleValue()).isBetween(1.05, ratio);
        assertThat(p50.get("ratio").get("high").doubleValue()).isGreaterThan(ratio);
    }

    private Outcome compare(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] inFolder = Arrays.stream(arguments)
                .map(argument -> argument.endsWith(".json") || argument.equals("folder")
                        ? folder.resolve(argument).toString()
                        : argument)
                .toArray(String[]::new);
        int exitCode = new CommandLine(new CompareCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(inFolder);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    private void write(String file, StageResult stage) throws IOException {
        TestResults.write(Samples.test("a", stage), folder.resolve(file));
    }

    private static StageResult stage(String name, Shape shape, long seed, String... reasons) {
        return Samples.stage(name, Samples.windows(shape, new SplittableRandom(seed)), List.of(), reasons);
    }
}
