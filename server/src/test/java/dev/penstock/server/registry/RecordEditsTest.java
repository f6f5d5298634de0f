package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RecordEditsTest {
    private static final Instant AT = Instant.EPOCH;
    private static final GateRecord PASSED = new GateRecord("load", Verdict.PASSED, "");
    private static final GateRecord FAILED = new GateRecord("golden", Verdict.FAILED, "off by 3");

    private final ModelRecord two = registered(registered(RecordEdits.none("m"), version(1, "a")), version(2, "b"));

    @Test
    void theSameBytesUnderTheSameNumberAreNoChange() {
        assertThat(registered(two, version(2, "b"))).isSameAs(two);
    }

    @Test
    void otherBytesUnderTheSameNumberAreRefused() {
        assertRefused(() -> registered(two, version(2, "c")), "ALREADY_EXISTS", "version 2 has other bytes");
    }

    @Test
    void anAliasRemembersWhereItPointedBefore() {
        ModelRecord moved = promoted(promoted(two, "stable", 1), "stable", 2);

        assertThat(moved.aliases()).containsEntry("stable", new AliasRecord("stable", 2, 1, AT, "me"));
        assertThat(promoted(moved, "stable", 2)).isSameAs(moved);
    }

    @Test
    void rollingBackTwiceIsNoChangeButForTheTime() {
        ModelRecord moved = promoted(promoted(two, "stable", 1), "stable", 2);
        ModelRecord back = RecordEdits.rolledBack(moved, "stable", "me", AT);

        assertThat(back.aliases()).containsEntry("stable", new AliasRecord("stable", 1, 2, AT, "me"));
        assertThat(RecordEdits.rolledBack(back, "stable", "me", AT)).isEqualTo(moved);
    }

    @Test
    void whatPointedNowhereBeforeCannotGoBack() {
        assertRefused(
                () -> RecordEdits.rolledBack(promoted(two, "stable", 1), "stable", "me", AT),
                "INVALID_ARGUMENT",
                "pointed nowhere before");
        assertRefused(() -> RecordEdits.rolledBack(two, "canary", "me", AT), "NOT_FOUND", "no alias 'canary'");
    }

    @Test
    void whatAnAliasPointsToStays() {
        ModelRecord moved = promoted(promoted(two, "stable", 1), "stable", 2);

        assertRefused(() -> RecordEdits.withoutVersion(moved, 2), "INVALID_ARGUMENT", "alias 'stable'");
        assertRefused(() -> RecordEdits.unwanted(moved, 2), "INVALID_ARGUMENT", "alias 'stable'");
        assertThat(RecordEdits.version(RecordEdits.unwanted(moved, 1), 1).wanted())
                .isFalse();
        assertRefused(() -> RecordEdits.withoutVersion(moved, 7), "NOT_FOUND", "no registered version 7");
        ModelRecord without = RecordEdits.withoutVersion(moved, 1);
        assertThat(without.versions()).containsOnlyKeys(2L);
        assertThat(without.aliases()).containsEntry("stable", new AliasRecord("stable", 2, 0, AT, "me"));
    }

    @Test
    void whoTurnsAVersionDownIsRight() {
        ModelRecord passed = judged(two, 2, PASSED);
        ModelRecord failed = judged(passed, 2, FAILED);

        assertThat(RecordEdits.version(failed, 2).gates()).containsExactly(FAILED);
        assertThat(judged(failed, 2, PASSED)).isSameAs(failed);
        assertThat(judged(failed, 2, new GateRecord("size", Verdict.FAILED, "")))
                .isSameAs(failed);
        assertThat(WantedVersions.of(failed, Collections.emptySortedSet())).containsExactly(1L);
    }

    @Test
    void aVerdictIsOfOneRegistration() {
        Verdicts.Verdict failed = new Verdicts.Verdict(version(2, "b"), List.of(FAILED));
        VersionRecord later = StoreFixtures.plain(
                2, version(2, "b").files(), "", AT.plusNanos(1), "me", Lineage.UNKNOWN, "", true, List.of());
        ModelRecord anew = registered(RecordEdits.withoutVersion(two, 2), later);

        assertThat(RecordEdits.judged(anew, Map.of(2L, failed))).isSameAs(anew);
        assertThat(RecordEdits.judged(two, Map.of(9L, failed))).isSameAs(two);
    }

    @Test
    void aVersionThatIsWantedAgainIsJudgedAgain() {
        ModelRecord judged = judged(two, 2, FAILED);
        ModelRecord again = RecordEdits.wanted(judged, 2, "a");

        assertThat(RecordEdits.version(again, 2).gates()).isEmpty();
        assertThat(RecordEdits.wanted(again, 2, "a")).isSameAs(again);
        ModelRecord out = RecordEdits.unwanted(again, 2);
        assertThat(RecordEdits.version(out, 2).wanted()).isFalse();
        assertThat(RecordEdits.unwanted(out, 2)).isSameAs(out);
    }

    @Test
    void aVersionThatPassedNeedNotPassAgain() {
        ModelRecord passed = judged(two, 2, PASSED);
        ModelRecord back = RecordEdits.wanted(RecordEdits.unwanted(passed, 2), 2, "a");

        assertThat(RecordEdits.version(back, 2).gates()).containsExactly(PASSED);
    }

    @Test
    void anAliasMovedOnBeforeItsTargetServedKeepsTheOneThatAnswers() {
        ModelRecord served = judged(two, 1, PASSED);
        ModelRecord waiting = promoted(promoted(promoted(served, "stable", 2), "stable", 1), "stable", 2);
        assertThat(waiting.aliases().get("stable"))
                .extracting(AliasRecord::version, AliasRecord::previous)
                .containsExactly(2L, 1L);

        ModelRecord movedOn = promoted(waiting, "stable", 3);
        assertThat(movedOn.aliases().get("stable"))
                .extracting(AliasRecord::version, AliasRecord::previous)
                .containsExactly(3L, 1L);
    }

    private static ModelRecord registered(ModelRecord model, VersionRecord version) {
        return RecordEdits.registered(model, version, Intent.NONE);
    }

    private static ModelRecord judged(ModelRecord model, long number, GateRecord said) {
        VersionRecord version = RecordEdits.version(model, number);
        return RecordEdits.judged(model, Map.of(number, new Verdicts.Verdict(version, List.of(said))));
    }

    private static ModelRecord promoted(ModelRecord model, String alias, long version) {
        return RecordEdits.promoted(model, alias, version, "me", AT);
    }

    private static VersionRecord version(long number, String digit) {
        List<StoredFile> files = List.of(new StoredFile("model.onnx", digit.repeat(64), 1));
        return StoreFixtures.plain(number, files, "", AT, "me", Lineage.UNKNOWN, "", true, List.of());
    }

    private static void assertRefused(ThrowingCallable edit, String code, String message) {
        assertThatThrownBy(edit)
                .isInstanceOfSatisfying(
                        ServingException.class, e -> assertThat(e.code()).hasToString(code))
                .hasMessageContaining(message);
    }
}
