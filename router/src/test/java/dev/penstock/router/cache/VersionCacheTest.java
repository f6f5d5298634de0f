package dev.penstock.router.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.router.cache.Bench.Caller;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VersionCacheTest {
    private final Bench bench = Bench.standard();
    private final CachedVersion version = bench.version(1);

    @AfterEach
    void everyLeaseIsBack() {
        bench.close();
        assertThat(bench.leases).hasValue(bench.queue.waiting.size());
    }

    @Test
    void aRepeatedRequestIsAnsweredWithoutARun() {
        Caller first = bench.ask(version, Bench.request("a"));
        bench.queue.reply("A");
        Caller second = bench.ask(version, Bench.request("a"));
        Caller third = bench.ask(version, Bench.request("a"));

        assertThat(List.of(first, second, third)).extracting(Caller::outcome).containsOnly("A");
        assertThat(bench.queue.offered).isOne();
        assertThat(bench.usage())
                .extracting(CacheUsage::hits, CacheUsage::misses)
                .containsExactly(2L, 1L);
    }

    @Test
    void identicalRequestsUnderWayRunOnce() {
        List<Caller> callers = List.of(
                bench.ask(version, Bench.request("a")),
                bench.ask(version, Bench.request("a")),
                bench.ask(version, Bench.request("a")));

        assertThat(callers).extracting(Caller::outcome).containsOnlyNulls();
        bench.queue.reply("A");
        assertThat(callers).extracting(Caller::outcome).containsOnly("A");
        assertThat(bench.queue.offered).isOne();
        assertThat(bench.usage())
                .extracting(CacheUsage::joined, CacheUsage::misses)
                .containsExactly(2L, 1L);
    }

    @Test
    void anotherVersionsAnswersAreNotGiven() {
        CachedVersion other = bench.version(2);
        bench.ask(version, Bench.request("a"));
        bench.queue.reply("A1");
        Caller caller = bench.ask(other, Bench.request("a"));
        bench.queue.reply("A2");

        assertThat(caller.outcome()).isEqualTo("A2");
    }

    @Test
    void theSameVersionLoadedAnewStartsFromNothing() {
        bench.ask(version, Bench.request("a"));
        bench.queue.reply("old");
        CachedVersion reloaded = bench.version(1);
        Caller caller = bench.ask(reloaded, Bench.request("a"));
        bench.queue.reply("new");

        assertThat(caller.outcome()).isEqualTo("new");
        assertThat(bench.ask(reloaded, Bench.request("a")).outcome()).isEqualTo("new");
        assertThat(bench.ask(version, Bench.request("a")).outcome()).isEqualTo("old");
    }

    @ParameterizedTest
    @EnumSource(names = {"MODEL_FAILED", "INTERNAL", "INVALID_ARGUMENT"})
    void aFailureOfTheModelIsToldToAllWhoWaitedAndNotKept(ErrorCode code) {
        Caller first = bench.ask(version, Bench.request("a"));
        Caller second = bench.ask(version, Bench.request("a"));
        bench.queue.fail(code);
        assertThat(List.of(first, second)).extracting(Caller::outcome).containsOnly(code.name());

        Caller third = bench.ask(version, Bench.request("a"));
        bench.queue.reply("A");
        assertThat(third.outcome()).isEqualTo("A");
    }

    @ParameterizedTest
    @EnumSource(names = {"CANCELLED", "DEADLINE_EXCEEDED", "OVERLOADED"})
    void whatHappensToTheFirstIsNotTheOthersFault(ErrorCode code) {
        Caller first = bench.ask(version, Bench.request("a"));
        Caller second = bench.ask(version, Bench.request("a"));
        Caller third = bench.ask(version, Bench.request("a"));
        bench.queue.fail(code);
        assertThat(first.outcome()).isEqualTo(code.name());
        assertThat(second.outcome()).isNull();

        bench.queue.reply("A");
        assertThat(List.of(second, third)).extracting(Caller::outcome).containsOnly("A");
        assertThat(bench.queue.offered).isEqualTo(2);
    }

    @Test
    void aFullQueueRefusesAllWhoWaited() {
        bench.ask(version, Bench.request("a"));
        Caller second = bench.ask(version, Bench.request("a"));
        Caller third = bench.ask(version, Bench.request("a"));
        bench.queue.full = true;
        bench.queue.fail(ErrorCode.CANCELLED);

        assertThat(List.of(second, third)).extracting(Caller::outcome).containsOnly("OVERLOADED");
        bench.queue.full = false;
        Caller later = bench.ask(version, Bench.request("a"));
        bench.queue.reply("A");
        assertThat(later.outcome()).isEqualTo("A");
    }

    @Test
    void whoCannotBeOfferedIsToldSoAndTheNextOneRuns() {
        bench.ask(version, Bench.request("a"));
        Caller second = bench.ask(version, Bench.request("a"));
        Caller third = bench.ask(version, Bench.request("a"));
        bench.queue.fault = new OutOfMemoryError("no memory to wait (this is a test)");
        bench.queue.fail(ErrorCode.CANCELLED);

        assertThat(second.outcome()).isEqualTo("INTERNAL");
        assertThat(third.outcome()).isNull();
        bench.queue.reply("A");
        assertThat(third.outcome()).isEqualTo("A");
    }

    @Test
    void aCallerThatThrowsCostsNobodyElseTheOutcome() {
        Caller first = bench.ask(version, Bench.request("a"));
        Caller second = bench.ask(version, Bench.request("a"));
        Caller third = bench.ask(version, Bench.request("a"));
        first.whenAnswered = VersionCacheTest::fail;
        second.whenAnswered = VersionCacheTest::fail;
        assertThatThrownBy(() -> bench.queue.fail(ErrorCode.CANCELLED)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> bench.queue.reply("A")).isInstanceOf(IllegalStateException.class);
        assertThat(third.outcome()).isEqualTo("A");

        Caller fourth = bench.ask(version, Bench.request("b"));
        Caller fifth = bench.ask(version, Bench.request("b"));
        Caller sixth = bench.ask(version, Bench.request("b"));
        fifth.whenAnswered = VersionCacheTest::fail;
        bench.queue.reply("B");
        assertThat(List.of(fourth, fifth, sixth)).extracting(Caller::outcome).containsOnly("B");
    }

    private static void fail() {
        throw new IllegalStateException("on purpose");
    }

    @Test
    void aRefusedFirstRequestLeavesNothingBehind() {
        bench.queue.full = true;
        assertThat(bench.ask(version, Bench.request("a")).outcome()).isEqualTo("OVERLOADED");
        bench.queue.full = false;
        Caller caller = bench.ask(version, Bench.request("a"));
        bench.queue.reply("A");

        assertThat(caller.outcome()).isEqualTo("A");
        assertThat(bench.usage().misses()).isOne();
    }

    @Test
    void whoWaitsKeepsItsOwnDeadline() {
        Caller first = bench.ask(version, Bench.request("a"));
        Caller hasty = bench.ask(version, Bench.request("a", bench.nowNanos.get() + 5));
        Caller patient = bench.ask(version, Bench.request("a", bench.nowNanos.get() + 500));

        bench.nowNanos.addAndGet(4);
        assertThat(version.cache().tick(bench.nowNanos.get())).isTrue();
        assertThat(hasty.outcome()).isNull();
        bench.nowNanos.addAndGet(1);
        assertThat(version.cache().tick(bench.nowNanos.get())).isTrue();
        assertThat(hasty.outcome()).isEqualTo("DEADLINE_EXCEEDED");
        bench.queue.reply("A");
        assertThat(List.of(first, patient)).extracting(Caller::outcome).containsOnly("A");
        assertThat(version.cache().tick(bench.nowNanos.get())).isFalse();
    }

    @Test
    void whoWaitsMayGoAway() {
        bench.ask(version, Bench.request("a"));
        Caller leaving = bench.ask(version, Bench.request("a"));
        leaving.gone = true;

        assertThat(version.cache().tick(bench.nowNanos.get())).isFalse();
        assertThat(leaving.outcome()).isEqualTo("CANCELLED");
    }

    @Test
    void whoIsLateIsNotRunInAnothersPlace() {
        bench.ask(version, Bench.request("a"));
        Caller gone = bench.ask(version, Bench.request("a"));
        Caller late = bench.ask(version, Bench.request("a", bench.nowNanos.get() + 5));
        Caller last = bench.ask(version, Bench.request("a"));
        gone.gone = true;
        bench.nowNanos.addAndGet(5);
        bench.queue.fail(ErrorCode.DEADLINE_EXCEEDED);
        bench.queue.reply("A");

        assertThat(gone.outcome()).isEqualTo("CANCELLED");
        assertThat(late.outcome()).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(last.outcome()).isEqualTo("A");
    }

    @Test
    void onlySoManyMayWait() {
        try (Bench small = new Bench(1 << 20, Duration.ZERO, 1)) {
            CachedVersion one = small.version(1);
            small.ask(one, Bench.request("a"));
            Caller second = small.ask(one, Bench.request("a"));
            Caller third = small.ask(one, Bench.request("a"));
            small.queue.reply("A");

            assertThat(second.outcome()).isEqualTo("A");
            assertThat(third.outcome()).isEqualTo("OVERLOADED");
        }
    }

    @Test
    void answersGrowOldByTheClock() {
        try (Bench aging = new Bench(1 << 20, Duration.ofSeconds(10), 10)) {
            CachedVersion usual = aging.version(1);
            CachedVersion longer = aging.version(2, new CacheOrder(0, Duration.ofSeconds(20)));
            for (CachedVersion one : List.of(usual, longer)) {
                aging.ask(one, Bench.request("a"));
                aging.queue.reply("A");
            }

            aging.nowNanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
            assertThat(aging.ask(usual, Bench.request("a")).outcome()).isEqualTo("A");
            aging.nowNanos.incrementAndGet();
            assertThat(aging.ask(usual, Bench.request("a")).outcome()).isNull();
            assertThat(aging.ask(longer, Bench.request("a")).outcome()).isEqualTo("A");
            aging.queue.reply("B");
            assertThat(aging.ask(usual, Bench.request("a")).outcome()).isEqualTo("B");
            assertThat(aging.usage().expired()).isOne();
        }
    }

    @Test
    void memoryIsBounded() {
        long perAnswer = StoredReply.copyOf(reply(1000)).bytes();
        try (Bench small = new Bench(10 * perAnswer, Duration.ZERO, 10)) {
            CachedVersion one = small.version(1);
            for (int i = 0; i < 100; i++) {
                small.ask(one, Bench.request("request " + i));
                small.queue.reply("x".repeat(1000));
                assertThat(one.cache().bytes()).isLessThanOrEqualTo(10 * perAnswer);
            }

            CacheUsage usage = small.usage();
            assertThat(usage.entries()).isEqualTo(10);
            assertThat(usage.bytes()).isEqualTo(10 * perAnswer);
            assertThat(usage.evicted()).isEqualTo(90);
        }
    }

    private static dev.penstock.core.InferenceReply reply(int bytes) {
        return new dev.penstock.core.InferenceReply(
                new dev.penstock.core.ModelKey("m", 1), List.of(Bench.tensor("y", "x".repeat(bytes))));
    }

    @Test
    void anAnswerTooLargeToKeepStillReachesAllWhoWaited() {
        try (Bench small = new Bench(500, Duration.ZERO, 10)) {
            CachedVersion one = small.version(1);
            Caller first = small.ask(one, Bench.request("a"));
            Caller second = small.ask(one, Bench.request("a"));
            small.queue.reply("x".repeat(1000));

            assertThat(List.of(first, second)).extracting(Caller::outcome).containsOnly("x".repeat(1000));
            assertThat(small.usage().entries()).isZero();
        }
    }

    @Test
    void whatTheCallerDoesWithItsAnswerDoesNotChangeTheCopy() {
        bench.ask(version, Bench.request("a"));
        var pending = bench.queue.waiting.remove();
        pending.lease().close();
        var output = Bench.tensor("y", "A");
        pending.sink().reply(new dev.penstock.core.InferenceReply(version.key(), List.of(output)));
        output.data().put(0, (byte) 'Z');

        assertThat(bench.ask(version, Bench.request("a")).outcome()).isEqualTo("A");
    }

    @Test
    void closingForgetsEverythingAndSharesTheRoomAnew() {
        CachedVersion other = bench.version(2);
        bench.ask(version, Bench.request("a"));
        bench.queue.reply("A");
        bench.ask(version, Bench.request("late"));
        version.close();
        version.close();
        bench.queue.reply("nobody keeps it");

        assertThat(version.cache().entries()).isZero();
        assertThat(other.cache().maxBytes()).isEqualTo(1 << 20);
        assertThat(bench.caches.usage()).extracting(CacheUsage::key).containsExactly(other.key());
    }

    @Test
    void aFieldThatARequestGainsMustBecomePartOfItsKeyOrOfThisList() {
        assertThat(InferenceRequest.class.getRecordComponents())
                .extracting("name")
                .as("model and version are the cache's; id, deadline, timeout, priority and caller change no answer")
                .containsExactly(
                        "model",
                        "version",
                        "id",
                        "inputs",
                        "outputs",
                        "deadlineNanos",
                        "timeoutNanos",
                        "priority",
                        "caller");
    }
}
