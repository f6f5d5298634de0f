package dev.penstock.loadtest.result;

import dev.penstock.loadtest.latency.Latencies;
import dev.penstock.loadtest.result.Steadiness.Settling;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Makes a result of JSON. What can be worked out from the rest (percentiles, shares, rates) is not
/// read, and fields that are not known are passed over, so that files may gain some.
final class ResultParser {
    private ResultParser() {}

    static TestResult parse(JsonField json) {
        JsonField format = json.at("format");
        if (format.isAbsent()) {
            throw new ResultFileException("this is no result of a load test: it has no field \"format\"");
        }
        if (format.whole(1) != TestResults.FORMAT) {
            throw format.wrong(TestResults.FORMAT + ", which is what this version of penstock reads");
        }
        return new TestResult(
                json.at("name").text(),
                instant(json.at("at")),
                machine(json.at("machine")),
                json.at("versions").map(JsonField::text),
                json.at("command").list(JsonField::text),
                json.at("scenario").text(),
                json.at("slo").optional(ResultParser::slo),
                json.at("stages").list(ResultParser::stage),
                json.at("findings").list(JsonField::text),
                json.at("recommended").optional(ResultParser::recommended));
    }

    private static Instant instant(JsonField json) {
        try {
            return Instant.parse(json.text());
        } catch (DateTimeParseException e) {
            throw json.wrong("a time such as 2026-01-31T12:00:00Z");
        }
    }

    private static Slo slo(JsonField json) {
        double percentile = json.at("percentile").fraction();
        if (!(percentile > 0 && percentile <= 100)) {
            throw json.at("percentile").wrong("a number above 0, at most 100");
        }
        return new Slo(percentile, json.at("latency_nanos").nanos(1), share(json.at("error_share")));
    }

    private static Recommended recommended(JsonField json) {
        return new Recommended(json.at("stage").optional(JsonField::text));
    }

    private static double share(JsonField json) {
        double share = json.fraction();
        if (!(share >= 0 && share <= 1)) {
            throw json.wrong("a number from 0 to 1");
        }
        return share;
    }

    private static Machine machine(JsonField json) {
        return new Machine(
                json.at("processor").text(),
                json.at("cores").number(1),
                json.at("system").text(),
                json.at("java").text(),
                json.at("load_average").fraction());
    }

    private static StageResult stage(JsonField json) {
        Duration elapsed = json.at("elapsed_nanos").nanos(1);
        List<Window> windows = json.at("windows").list(ResultParser::window);
        return new StageResult(
                json.at("name").text(),
                json.at("load").text(),
                json.at("offered_per_second").fraction(),
                json.at("concurrency").number(0),
                json.at("settings").map(JsonField::text),
                elapsed,
                json.at("succeeded").whole(0),
                json.at("errors").map(count -> count.whole(0)),
                json.at("rejected").whole(0),
                json.at("overflowed").whole(0),
                json.at("verified").whole(0),
                json.at("latency").histogram(),
                json.at("send_lag").histogram(),
                json.at("rejected_latency").histogram(),
                windows,
                steadiness(json.at("steadiness")),
                new Validity(json.at("invalid_because").list(JsonField::text)),
                client(json.at("client")),
                json.at("server").optional(ResultParser::server),
                json.at("parts").list(ResultParser::part));
    }

    private static Steadiness steadiness(JsonField json) {
        return new Steadiness(
                json.at("reached").flag(),
                json.at("windows").number(0),
                json.at("tolerance").fraction(),
                json.at("settling").optional(ResultParser::settling).orElse(Settling.NONE));
    }

    private static Settling settling(JsonField json) {
        String text = json.text();
        return Arrays.stream(Settling.values())
                .filter(settling -> settling.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> json.wrong("one of " + Arrays.toString(Settling.values())));
    }

    private static ClientUse client(JsonField json) {
        return new ClientUse(
                json.at("threads").number(1),
                json.at("cpu_share").fraction(),
                json.at("cpu_micros_per_request").fraction(),
                json.at("late_share").fraction(),
                json.at("waited_share").fraction());
    }

    private static ServerUse server(JsonField json) {
        Map<Long, Long> batches = new HashMap<>();
        JsonField counts = json.at("batches");
        counts.map(count -> count.whole(0)).forEach((rows, count) -> batches.put(rows(counts, rows), count));
        return new ServerUse(
                json.at("queue_micros").fraction(),
                json.at("compute_micros").fraction(),
                json.at("mean_batch").fraction(),
                batches,
                json.at("cpu_micros_per_request").fraction());
    }

    private static long rows(JsonField batches, String rows) {
        try {
            return Long.parseLong(rows);
        } catch (NumberFormatException e) {
            throw batches.wrong("counts by number of rows");
        }
    }

    private static Part part(JsonField json) {
        JsonField expected = json.at("expected_share");
        return new Part(
                json.at("kind").text(),
                json.at("value").text(),
                expected.isAbsent() ? OptionalDouble.empty() : OptionalDouble.of(share(expected)),
                json.at("succeeded").whole(0),
                json.at("errors").map(count -> count.whole(0)),
                json.at("latency").histogram());
    }

    private static Window window(JsonField json) {
        return new Window(
                json.at("from_nanos").nanos(0),
                json.at("length_nanos").nanos(1),
                json.at("offered_per_second").fraction(),
                json.at("succeeded").whole(0),
                json.at("failed").whole(0),
                json.at("overflowed").whole(0),
                Latencies.of(json.at("latency").histogram()));
    }
}
