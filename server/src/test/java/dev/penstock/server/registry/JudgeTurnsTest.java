package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.LastRead;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class JudgeTurnsTest {
    private static final List<GateRecord> PASSED = List.of(new GateRecord("load", GateRecord.Verdict.PASSED, ""));

    // Near where it wraps.
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final JudgeTurns turns = new JudgeTurns(new Replica("here", Duration.ofNanos(10), now::get, LastRead.NONE));

    @Test
    void aVersionIsLeftToItsJudgeForATime() {
        ModelRecord model = model(version(1, "there", List.of()), version(2, "here", List.of()));

        assertThat(turns.left(model)).containsExactly(1L);
        assertThat(turns.remainingNanos("m")).isEqualTo(10);
        now.addAndGet(9);
        assertThat(turns.left(model)).containsExactly(1L);
        assertThat(turns.remainingNanos("m")).isEqualTo(1);
        now.addAndGet(1);
        assertThat(turns.left(model)).isEmpty();
        assertThat(turns.remainingNanos("m")).isZero();
    }

    @Test
    void whatIsJudgedOrAnybodysIsLeftToNobody() {
        ModelRecord model = model(version(1, "there", PASSED), version(2, "", List.of()));

        assertThat(turns.left(model)).isEmpty();
        assertThat(turns.remainingNanos("m")).isZero();
    }

    @Test
    void theTimeBeginsAnewWhereAnotherIsToJudge() {
        turns.left(model(version(1, "there", List.of())));
        now.addAndGet(10);

        assertThat(turns.left(model(version(1, "elsewhere", List.of())))).containsExactly(1L);
        assertThat(turns.left(model(version(1, "elsewhere", PASSED)))).isEmpty();
        assertThat(turns.left(model(version(1, "elsewhere", List.of())))).containsExactly(1L);
    }

    @Test
    void whatIsAskedForBesidesIsNoReasonToWaitForLonger() {
        VersionRecord first = version(1, "there", List.of());
        turns.left(model(first));
        now.addAndGet(9);
        Intent more = new Intent(1, "me", Instant.EPOCH, "", "", new TreeSet<>(List.of("stable")));
        assertThat(turns.left(model(first.with(more)))).containsExactly(1L);
        now.addAndGet(1);

        assertThat(turns.left(model(first.with(more)))).isEmpty();
        VersionRecord askedAnew = first.with(false, "there", List.of());
        assertThat(turns.left(model(askedAnew))).containsExactly(1L);
    }

    @Test
    void whatIsForgottenBeginsAnew() {
        turns.left(model(version(1, "there", List.of())));
        now.addAndGet(10);
        turns.forget("m");

        assertThat(turns.left(model(version(1, "there", List.of())))).containsExactly(1L);
    }

    private static ModelRecord model(VersionRecord... versions) {
        TreeMap<Long, VersionRecord> byNumber = new TreeMap<>();
        for (VersionRecord version : versions) {
            byNumber.put(version.number(), version);
        }
        return new ModelRecord("m", 1, "latest 1", "", byNumber, new TreeMap<>());
    }

    private static VersionRecord version(long number, String judge, List<GateRecord> gates) {
        List<StoredFile> files = List.of(new StoredFile("model.onnx", "0".repeat(64), 1));
        return new VersionRecord(
                number, files, "", Instant.EPOCH, "me", Lineage.UNKNOWN, "", false, judge, true, gates);
    }
}
