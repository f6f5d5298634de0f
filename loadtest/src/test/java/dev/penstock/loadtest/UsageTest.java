package dev.penstock.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.stub.StubServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    private static final StubServer SERVER = new StubServer();

    @AfterAll
    static void close() {
        SERVER.close();
    }

    static Stream<Arguments> wrongUsage() {
        return Stream.of(
                Arguments.of("bench --only tiny,nothing", "--only nothing (expected: tiny, wires, image, batching"),
                Arguments.of("infer", "Missing required parameter: 'MODEL'"),
                Arguments.of("infer digits", "either --input NAME=VALUE or --json FILE"),
                Arguments.of("infer digits --json - --input image=1", "either --input NAME=VALUE or --json FILE"),
                Arguments.of("infer digits --input image", "--input image (expected: NAME=1,2,3 or NAME=@FILE)"),
                Arguments.of(
                        "infer digits --input pixels=1",
                        "model 'digits' has no input 'pixels' (it has: image FP32 [-1,4]; sex BYTES [-1,1])"),
                Arguments.of(
                        "infer digits --input image=1,2,3",
                        "input 'image' has 3 values (expected: a multiple of 4, its shape is [-1,4])"),
                Arguments.of(
                        "infer digits --input image=1,2,x,4", "value 2 of input 'image' is \"x\" (expected: FP32)"),
                Arguments.of("infer digits --input image=@/nowhere.json", "the file cannot be read"),
                Arguments.of("infer digits --json /nowhere.json", "--json /nowhere.json: the file cannot be read"),
                Arguments.of(
                        "infer digits --json - --timeout soon", "expected: a time above 0 such as 500ms, 10s or 2m"),
                Arguments.of("infer digits --json - --timeout 0s", "expected: a time above 0"),
                Arguments.of("infer digits --json - --format xml", "Invalid value for option '--format'"),
                Arguments.of(
                        "infer digits --json - --url ftp://x",
                        "--url ftp://x (expected: grpc://HOST[:PORT] or http://HOST[:PORT])"),
                Arguments.of("infer digits --json - --url https://x", "TLS is not supported"),
                Arguments.of("infer digits --jsn -", "'--jsn'"),
                Arguments.of("guess digits", "Unmatched argument"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongUsage")
    void isExplained(String commandLine, String message) {
        String[] words = commandLine.split(" ");
        boolean addressed = commandLine.contains("--url") || words.length < 2 || !words[0].equals("infer");
        String[] args = addressed ? words : Arrays.copyOf(words, words.length + 2);
        if (!addressed) {
            args[words.length] = "--url";
            args[words.length + 1] = SERVER.url();
        }

        Run run = Run.of(args);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"inputs\":|standard input is not valid JSON",
                "[1]|ARRAY (expected: an object with \"inputs\")",
                "{\"inputs\":5}|'inputs' is NUMBER (expected: an array)",
                "{\"inputs\":[{}]}|'name' of an input is missing (expected: a string)",
                "{\"inputs\":[{\"name\":\"x\"}]}|'datatype' of input 'x' is missing (expected: a string)",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FLOAT\",\"data\":[1]}]}|datatype: FLOAT (expected: BOOL",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT8\",\"shape\":[1.5]}]}|shape of input 'x' has 1.5 (expected: whole numbers)",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT8\",\"data\":[1,300]}]}|value 1 of input 'x' is 300 (expected: INT8)",
                "{\"parameters\":{\"p\":[]}}|parameter 'p' is [] (expected: a boolean, a number or a string)"
            })
    void aRequestThatCannotBeSentIsExplained(String request, String message) {
        Run run = Run.withInput(request, "infer", "digits", "--json", "-", "--url", SERVER.url());

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @Test
    void anInputFileMustHoldAnArray(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("image.json"), "{}");

        Run run = Run.of("infer", "digits", "--input", "image=@" + file, "--url", SERVER.url());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("image.json is OBJECT (expected: an array)");
    }

    @Test
    void helpTeachesWithExamples() {
        Run run = Run.of("infer", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "penstock infer digits --json examples/requests/digits.json",
                        "Exit codes:",
                        "grpc://localhost:8001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"infer --help", "loadtest compare --help", "infer -h"})
    void formsAndHelpAreTheSameEverywhere(String commandLine) {
        Run run = Run.of(commandLine.split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsPattern("--format=FORMAT +table or json. Default: table")
                .containsPattern("-h, --help +Shows this text.");
    }

    @Test
    void withoutASubcommandShowsTheUsage() {
        Run run = Run.of();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("infer");
    }
}
