package dev.penstock.router.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.batching.Pending;
import dev.penstock.router.cache.Bench.Caller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random steps, against a plain map of what each version answers. A run's answer names the version, the request and
/// the run, so that an answer out of place, out of date or from elsewhere is seen.
class CachePropertyTest {
    private static final int STEPS = 4_000;
    private static final long TTL_NANOS = 1_000;
    private static final int REQUESTS = 12;

    /// What a run answered, and when.
    private record Answer(String text, long atNanos) {}

    private record Asked(ModelKey version, String request, Caller caller) {}

    private final Bench bench = new Bench(4_000, Duration.ofNanos(TTL_NANOS), 5);
    private final List<CachedVersion> versions = new ArrayList<>();
    private final Map<ModelKey, Map<String, Answer>> lastRuns = new HashMap<>();
    private final List<Asked> open = new ArrayList<>();
    private long loaded;
    private int runs;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyAnswerIsTheRightOne(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        load();
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(16)) {
                case 0 -> bench.nowNanos.addAndGet(random.nextLong(TTL_NANOS / 2));
                case 1 -> versions.forEach(version -> version.cache().tick(bench.nowNanos.get()));
                case 2 -> fail(random);
                case 3 -> leave(random);
                case 4 -> reload(random);
                case 5, 6, 7 -> run();
                default -> ask(random);
            }
            settle();
            assertThat(bench.caches.usage().stream()
                            .mapToLong(CacheUsage::bytes)
                            .sum())
                    .isLessThanOrEqualTo(4_000);
        }
        while (!bench.queue.waiting.isEmpty()) {
            run();
        }
        settle();
        assertThat(open).isEmpty();
        assertThat(bench.leases).hasValue(0);
        bench.close();
    }

    private void load() {
        CachedVersion version = bench.version(++loaded);
        versions.add(version);
        lastRuns.put(version.key(), new HashMap<>());
    }

    /// Takes a version away while its requests are under way, as long as there is another.
    private void reload(SplittableRandom random) {
        load();
        if (versions.size() > 3) {
            versions.remove(random.nextInt(versions.size() - 1)).close();
        }
    }

    private void ask(SplittableRandom random) {
        CachedVersion version = versions.get(random.nextInt(versions.size()));
        String text = "request " + random.nextInt(REQUESTS);
        long deadlineNanos = random.nextInt(4) == 0
                ? bench.nowNanos.get() + 1 + random.nextLong(TTL_NANOS)
                : InferenceRequest.NO_DEADLINE;
        bench.queue.full = random.nextInt(20) == 0;
        Caller caller = bench.ask(version, Bench.request(text, deadlineNanos));
        bench.queue.full = false;
        open.add(new Asked(version.key(), text, caller));
    }

    private void run() {
        Pending next = bench.queue.waiting.peek();
        if (next != null) {
            String request = Bench.text(next.request().inputs().getFirst());
            String answer = "%s of %s by run %d".formatted(request, Bench.keyOf(next), ++runs);
            Objects.requireNonNull(lastRuns.get(Bench.keyOf(next)))
                    .put(request, new Answer(answer, bench.nowNanos.get()));
            bench.queue.reply(answer);
        }
    }

    private void fail(SplittableRandom random) {
        if (!bench.queue.waiting.isEmpty()) {
            ErrorCode[] codes = {ErrorCode.CANCELLED, ErrorCode.DEADLINE_EXCEEDED, ErrorCode.MODEL_FAILED};
            bench.queue.fail(codes[random.nextInt(codes.length)]);
        }
    }

    private void leave(SplittableRandom random) {
        if (!open.isEmpty()) {
            open.get(random.nextInt(open.size())).caller.gone = true;
        }
    }

    private void settle() {
        open.removeIf(asked -> {
            String outcome = asked.caller.outcome();
            if (outcome == null) {
                return false;
            }
            check(asked, outcome);
            return true;
        });
    }

    private void check(Asked asked, String outcome) {
        switch (outcome) {
            case "CANCELLED", "DEADLINE_EXCEEDED", "MODEL_FAILED", "OVERLOADED" -> {}
            default -> {
                Answer last =
                        Objects.requireNonNull(lastRuns.get(asked.version)).get(asked.request);
                assertThat(last).isNotNull();
                assertThat(outcome).isEqualTo(last.text);
                assertThat(bench.nowNanos.get() - last.atNanos).isLessThan(TTL_NANOS);
            }
        }
    }
}
