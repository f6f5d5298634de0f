package dev.penstock.loadtest.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestResultsTest {
    private static final String GOOD = TestResults.toJson(Samples.capacity(1));

    @Test
    void whatIsWrittenIsReadBackAsItWas() {
        for (long seed = 0; seed < 300; seed++) {
            TestResult result = Samples.anything(seed);

            TestResult back = TestResults.parse("a.json", TestResults.toJson(result));

            assertThat(back).as("seed " + seed).isEqualTo(result);
        }
    }

    @Test
    void theSameResultIsTheSameText(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.json");
        TestResults.write(Samples.capacity(1), file);

        TestResult back = TestResults.read(file);

        assertThat(TestResults.toJson(back)).isEqualTo(GOOD);
    }

    @Test
    void percentilesAreThereAsPlainNumbers() {
        assertThat(GOOD)
                .contains(
                        "\"format\" : 1", "\"p999_micros\" : ", "\"achieved_per_second\" : 500.0", "\"valid\" : false")
                .doesNotContain("NaN");
    }

    @Test
    void fieldsThatLaterVersionsAddArePassedOver() {
        String later = GOOD.replaceFirst("\"name\" :", "\"weather\" : {\"rain\": [1]}, \"name\" :");

        assertThat(TestResults.parse("a.json", later)).isEqualTo(Samples.capacity(1));
    }

    @Test
    void whereNobodyAnsweredThereIsNoLatency() {
        StageResult silent = Samples.silent();

        assertThat(silent.latencyMicros(99)).isNaN();
        assertThat(TestResults.toJson(Samples.test("a", silent)))
                .contains("\"min_micros\" : null", "\"p99_micros\" : null", "\"max_micros\" : null")
                .doesNotContain("micros\" : 0");
    }

    @Test
    void filesOfEarlierVersionsDoNotSayWhetherRestWasWaitedFor() {
        String earlier = GOOD.replaceAll(",\\s*\"settling\" : \"none\"", "");

        assertThat(earlier).doesNotContain("settling");
        assertThat(TestResults.parse("a.json", earlier)).isEqualTo(Samples.capacity(1));
    }

    @Test
    void whereNothingWasSearchedNothingIsRecommended() {
        assertThat(GOOD).doesNotContain("\"recommended\"");
        assertThat(TestResults.toJson(Samples.chosen(Samples.capacity(1), Optional.empty())))
                .containsPattern("\"recommended\" : \\{\\s*\\}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "~\"format\" : 1~; ~\"format\" : 2~; format is 2 (expected: 1, which is what this version of penstock reads)",
                "~\"format\" : 1~; ~\"form\" : 1~; this is no result of a load test: it has no field \"format\"",
                "~\"cores\" : 4~; ~\"cores\" : 0~; machine.cores is 0 (expected: a whole number of at least 1)",
                "~\"cores\" : 4~; ~\"cores\" : \"4\"~; machine.cores is \"4\" (expected: a whole number of at least 1)",
                "~\"at\" : \"2026-~; ~\"at\" : \"26-~; at is \"26-03-01T10:20:30.123456789Z\" (expected: a time such as",
                "~\"stages\" : [~; ~\"stages\" : [ 7,~; stages[0] is 7 (expected: an object)",
                "~\"stages\" : [~; ~\"stages\" : {}, \"x\": [~; stages is {} (expected: a list)",
                "~\"reached\" : true~; ~\"reached\" : 1~; stages[0].steadiness.reached is 1 (expected: true or false)",
                "~\"settling\" : \"none~; ~\"settling\" : \"some~; is \"some\" (expected: one of [none, reached, timed_out])",
                "~\"hdr\" : \"~; ~\"hdr\" : \"!~; (expected: an HdrHistogram, compressed, in base64)",
                "~\"hdr\" : \"HIST~; ~\"hdr\" : \"~; (expected: an HdrHistogram, compressed, in base64)",
                "~\"scenario\" :~; ~\"scene\" :~; scenario is missing (expected: a string)",
                "~\"error_share\" : 0.001~; ~\"error_share\" : 1.5~; slo.error_share is 1.5 (expected: a number from 0 to 1)",
                "~\"percentile\" : 99~; ~\"percentile\" : 101~; (expected: a number above 0, at most 100)",
                "~\"1\" : 20~; ~\"one\" : 20~; (expected: counts by number of rows)",
            })
    void whatIsWrongIsNamedWithItsPlace(String right, String wrong, String message) {
        String text = GOOD.replace(right, wrong);

        assertThat(text).isNotEqualTo(GOOD);
        assertThatThrownBy(() -> TestResults.parse("a.json", text))
                .isInstanceOf(ResultFileException.class)
                .hasMessageStartingWith("a.json: ")
                .hasMessageContaining(message);
    }

    @Test
    void aHistogramMustHaveAsManyValuesAsTheFileSays() {
        String text = GOOD.replaceFirst("\"count\" : 10000", "\"count\" : 9999");

        assertThatThrownBy(() -> TestResults.parse("a.json", text))
                .hasMessageContaining(
                        "latency.count is 9999 (expected: 10000, as many as the histogram beside it has)");
    }

    @Test
    void textThatIsCutOffIsNoJson() {
        String text = GOOD.substring(0, GOOD.length() / 2);

        assertThatThrownBy(() -> TestResults.parse("a.json", text))
                .hasMessageStartingWith("a.json is not valid JSON: ");
    }
}
