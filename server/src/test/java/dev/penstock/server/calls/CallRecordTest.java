package dev.penstock.server.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallRecordTest {
    private static final String SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String UNSAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    private final AtomicLong nanos = new AtomicLong(1000);
    private final AtomicLong chance = new AtomicLong(Long.MAX_VALUE);
    private final List<FinishedCall> traced = new ArrayList<>();
    private final List<FinishedCall> logged = new ArrayList<>();
    private final CallWatch nobody = new CallWatch(nanos::incrementAndGet, chance::get);
    private final Ratio half = new Ratio(0.5);

    private static void goThrough(CallRecord record, String traceParent) {
        record.begin(CallKind.GRPC, 7, traceParent, "vendor=1");
        record.caller("shop", null);
        record.received(100);
        record.queued();
        record.ran(3, 2000, 3000);
        record.encoding();
        record.requestId("id-1".getBytes(StandardCharsets.US_ASCII), 4);
        record.sent(50);
        record.end("digits", 2);
    }

    @Test
    void aCallThatNobodyTakesReadsNoClock() {
        CallRecord record =
                nobody.traced(traced::add, half).logged(logged::add, half, half).newRecord();

        goThrough(record, UNSAMPLED);

        assertThat(nanos).hasValue(1000);
        assertThat(traced).isEmpty();
        assertThat(logged).isEmpty();
    }

    @Test
    void aRecordThatNobodyTookIsUsedForTheNextCall() {
        CallWatch watch = nobody.traced(traced::add, half).logged(logged::add, half, Ratio.NONE);
        CallRecord spare = watch.next();
        spare.begin(CallKind.GRPC, 7, UNSAMPLED, null);
        assertThat(spare.isTaken() || watch.mayLogFailures()).isFalse();

        CallRecord next = watch.next();
        next.begin(CallKind.GRPC, 7, SAMPLED, null);
        watch.keep();

        assertThat(next).isSameAs(spare);
        assertThat(next.isTaken()).isTrue();
        assertThat(watch.next()).isNotSameAs(next);
        assertThat(nobody.logged(logged::add, Ratio.NONE, half).mayLogFailures())
                .isTrue();
    }

    @Test
    void onlyRoutedCallsOfTheShareAreExposed() {
        List<FinishedCall> exposed = new ArrayList<>();
        CallRecord record = nobody.exposed(exposed::add, Ratio.ALL).newRecord();
        Assigned arm = new Assigned("front", "canary", "digits", 1, "hash", true, "front/v1", 42, 0, 500);

        goThrough(record, UNSAMPLED);
        assertThat(exposed).isEmpty();

        record.begin(CallKind.GRPC, 7, UNSAMPLED, null);
        record.arm(arm);
        record.end("front", 2);
        assertThat(exposed)
                .singleElement()
                .satisfies(call -> assertThat(call.arm()).isEqualTo(arm));

        CallRecord other = nobody.exposed(exposed::add, Ratio.NONE).newRecord();
        other.begin(CallKind.GRPC, 7, UNSAMPLED, null);
        other.arm(arm);
        other.end("front", 2);
        assertThat(exposed).hasSize(1);
    }

    @Test
    void aTraceIsFollowedIfItsCallerFollowsIt() {
        CallRecord record = nobody.traced(traced::add, Ratio.NONE).newRecord();

        goThrough(record, SAMPLED);

        assertThat(traced)
                .containsExactly(new FinishedCall(
                        CallKind.GRPC,
                        new CallTimes(7, 1001, 2000, 3000, 1002, 1003),
                        new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 1, "vendor=1"),
                        "id-1",
                        "digits",
                        2,
                        null,
                        3,
                        100,
                        50,
                        "shop",
                        null));
    }

    @Test
    void aTraceIsNotFollowedAgainstItsCallersWord() {
        CallRecord record = nobody.traced(traced::add, Ratio.ALL).newRecord();

        goThrough(record, UNSAMPLED);

        assertThat(traced).isEmpty();
    }

    @Test
    void callsWithoutATraceBeginOneByRatio() {
        CallRecord record = nobody.traced(traced::add, half).newRecord();
        goThrough(record, "nonsense");
        chance.set(5);
        goThrough(record, "nonsense");

        assertThat(traced).hasSize(1);
        assertThat(traced.getFirst().trace())
                .isEqualTo(new TraceContext("00000000000000050000000000000005", "", 1, ""));
    }

    @Test
    void theLogSaysWhichTraceACallWasOfThoughItIsNotSampled() {
        CallRecord record = nobody.logged(logged::add, Ratio.ALL, Ratio.NONE).newRecord();

        goThrough(record, UNSAMPLED);

        assertThat(logged.getFirst().trace().traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void failuresAreLoggedByARatioOfTheirOwn() {
        CallRecord record = nobody.logged(logged::add, Ratio.NONE, Ratio.ALL).newRecord();
        goThrough(record, SAMPLED);
        record.begin(CallKind.HTTP, 7, null, null);
        record.fail(ErrorCode.OVERLOADED);
        record.fail(ErrorCode.INTERNAL);
        record.end("digits", 0);

        assertThat(logged).hasSize(1);
        assertThat(logged.getFirst().failure()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(logged.getFirst().times().endNanos()).isEqualTo(1001);
    }

    @Test
    void aCallEndsOnce() {
        CallRecord record = nobody.logged(logged::add, Ratio.ALL, Ratio.ALL).newRecord();
        goThrough(record, SAMPLED);
        record.fail(ErrorCode.CANCELLED);
        record.end("digits", 2);

        assertThat(logged).hasSize(1);
        assertThat(logged.getFirst().failure()).isNull();
    }
}
