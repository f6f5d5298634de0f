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
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What registrations ask for takes effect when their version passes.
class IntentsTest {
    private static final Instant AT = Instant.EPOCH;
    private static final GateRecord PASSED = new GateRecord("load", Verdict.PASSED, "");
    private static final GateRecord FAILED = new GateRecord("golden", Verdict.FAILED, "off by 3");

    /// Version 1 serves, with `stable` and a configuration of its own.
    private final ModelRecord served =
            judged(registered(RecordEdits.none("m"), 1, asked("", "first", "stable")), 1, PASSED);

    @Test
    void itTakesEffectWithTheVerdictThatLetsTheVersionPass() {
        ModelRecord waiting = registered(served, 2, asked("all", "second", "stable", "canary"));
        assertThat(inForce(waiting)).isEqualTo(inForce(served));

        ModelRecord passed = judged(waiting, 2, PASSED);
        assertThat(passed.policy()).isEqualTo("all");
        assertThat(passed.config()).isEqualTo("second");
        assertThat(passed.aliases())
                .containsEntry("stable", new AliasRecord("stable", 2, 1, AT, "me"))
                .containsEntry("canary", new AliasRecord("canary", 2, 0, AT, "me"));
        assertThat(RecordEdits.version(passed, 2).intent()).isEqualTo(Intent.NONE);
    }

    @Test
    void ofSeveralVersionsThatAreTurnedDownNothingComes() {
        ModelRecord waiting = registered(
                registered(served, 2, asked("all", "second", "stable")), 3, asked("latest 3", "third", "stable"));

        assertThat(inForce(judged(judged(waiting, 2, FAILED), 3, FAILED))).isEqualTo(inForce(served));
        assertThat(inForce(judged(judged(waiting, 3, FAILED), 2, FAILED))).isEqualTo(inForce(served));
    }

    @Test
    void whatWasAskedForLaterCountsMoreWhoeverPassesFirst() {
        ModelRecord waiting = registered(
                registered(served, 2, asked("all", "second", "stable", "canary")), 3, asked("", "third", "stable"));

        for (List<Long> turns : List.of(List.of(2L, 3L), List.of(3L, 2L))) {
            ModelRecord now = waiting;
            for (long number : turns) {
                now = judged(now, number, PASSED);
            }
            assertThat(now.policy()).as("%s", turns).isEqualTo("all");
            assertThat(now.config()).as("%s", turns).isEqualTo("third");
            assertThat(RecordEdits.alias(now, "stable").version())
                    .as("%s", turns)
                    .isEqualTo(3);
            assertThat(RecordEdits.alias(now, "canary").version())
                    .as("%s", turns)
                    .isEqualTo(2);
        }
        ModelRecord lastTurnedDown = judged(judged(waiting, 2, PASSED), 3, FAILED);
        assertThat(lastTurnedDown.config()).isEqualTo("second");
        assertThat(RecordEdits.alias(lastTurnedDown, "stable").version()).isEqualTo(2);
    }

    @Test
    void askingAgainMakesNothingYoungerThatWasOverruled() {
        ModelRecord waiting = registered(
                registered(registered(served, 2, asked("", "", "stable")), 3, asked("", "", "stable")),
                2,
                asked("", "", "canary"));

        for (List<Long> turns : List.of(List.of(2L, 3L), List.of(3L, 2L))) {
            ModelRecord now = waiting;
            for (long number : turns) {
                now = judged(now, number, PASSED);
            }
            assertThat(RecordEdits.alias(now, "stable").version())
                    .as("%s", turns)
                    .isEqualTo(3);
            assertThat(RecordEdits.alias(now, "canary").version())
                    .as("%s", turns)
                    .isEqualTo(2);
        }
    }

    @Test
    void whatSomebodyDecidesMeanwhileStays() {
        ModelRecord waiting = registered(served, 2, asked("all", "second", "stable", "canary", "blue"));

        ModelRecord decided = RecordEdits.withPolicy(
                RecordEdits.withoutAlias(RecordEdits.promoted(waiting, "stable", 1, "you", AT), "canary"), "latest 1");
        ModelRecord passed = judged(decided, 2, PASSED);
        assertThat(RecordEdits.alias(passed, "stable").version()).isEqualTo(1);
        assertThat(passed.aliases()).containsOnlyKeys("stable", "blue");
        assertThat(passed.policy()).isEqualTo("latest 1");
        assertThat(passed.config()).isEqualTo("second");

        ModelRecord back = RecordEdits.rolledBack(
                RecordEdits.promoted(judged(registered(served, 3, Intent.NONE), 3, PASSED), "stable", 3, "you", AT),
                "stable",
                "you",
                AT);
        assertThat(RecordEdits.alias(back, "stable").version()).isEqualTo(1);
        assertThatThrownBy(() -> RecordEdits.withoutAlias(served, "canary")).isInstanceOf(ServingException.class);
    }

    @Test
    void aVersionThatIsDeletedOrTakenOutOfServiceTakesItWithIt() {
        ModelRecord waiting = registered(served, 2, asked("all", "second", "stable"));

        assertThat(RecordEdits.withoutVersion(waiting, 2)).isEqualTo(served);
        ModelRecord back = RecordEdits.wanted(RecordEdits.unwanted(waiting, 2), 2, "a");
        assertThat(inForce(judged(back, 2, PASSED))).isEqualTo(inForce(served));
    }

    @Test
    void theSameAskedForTwiceIsNoChangeAndMoreIsAdded() {
        ModelRecord waiting = registered(served, 2, asked("all", "", "stable"));

        assertThat(registered(waiting, 2, asked("all", "", "stable"))).isSameAs(waiting);
        assertThat(registered(waiting, 2, Intent.NONE)).isSameAs(waiting);
        ModelRecord more = registered(waiting, 2, asked("", "second", "canary"));
        assertThat(RecordEdits.version(more, 2).intent().asksTheSameAs(asked("all", "second", "canary", "stable")))
                .isTrue();
    }

    @Test
    void ofAVersionThatIsJudgedItTakesEffectAtOnceOrNever() {
        assertThat(registered(served, 1, asked("", "first", "stable"))).isSameAs(served);
        assertThat(registered(served, 1, asked("all", "", "blue")).aliases()).containsKeys("blue", "stable");
        ModelRecord failed = judged(registered(served, 2, Intent.NONE), 2, FAILED);
        assertThat(registered(failed, 2, asked("all", "second", "stable"))).isSameAs(failed);
    }

    @Test
    void noAliasIsPointedToWhatIsOutOfService() {
        ModelRecord newer = judged(registered(served, 2, Intent.NONE), 2, PASSED);
        ModelRecord out = RecordEdits.unwanted(newer, 2);

        assertThatThrownBy(() -> registered(out, 2, asked("", "", "stable")))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("version 2 is out of service, and alias 'stable' is to point to it");
        assertThat(registered(out, 2, asked("all", "")).policy()).isEqualTo("all");
        ModelRecord back = RecordEdits.wanted(out, 2, "a");
        assertThat(RecordEdits.alias(registered(back, 2, asked("", "", "stable")), "stable")
                        .version())
                .isEqualTo(2);
    }

    @Test
    void norToWhatIsTakenOutOfServiceBeforeItIsJudged() {
        ModelRecord out = RecordEdits.unwanted(registered(served, 2, Intent.NONE), 2);

        assertThatThrownBy(() -> registered(out, 2, asked("", "", "stable"))).isInstanceOf(ServingException.class);
        assertThat(inForce(judged(out, 2, PASSED))).isEqualTo(inForce(served));
    }

    @Test
    void whatNobodyIsToJudgeHasNothingToWaitFor() {
        ModelRecord newer = judged(registered(served, 9, Intent.NONE), 9, PASSED);
        ModelRecord now = registered(newer, 5, asked("", "fifth"));

        assertThat(now.config()).isEqualTo("fifth");
        assertThat(RecordEdits.version(now, 5).intent()).isEqualTo(Intent.NONE);
    }

    @Test
    void aVersionIsWantedAsWhatWasAskedForSays() {
        ModelRecord newer = judged(registered(served, 9, Intent.NONE), 9, PASSED);
        ModelRecord now = registered(newer, 5, asked("", "", "canary"));

        assertThat(WantedVersions.of(now, Collections.emptySortedSet())).containsExactly(1L, 5L, 9L);
        assertThat(now.aliases()).containsOnlyKeys("stable");
    }

    @Test
    void aVerdictSaysNothingOfAConfigurationThatWasAskedForSince() {
        ModelRecord waiting = registered(served, 2, asked("", "second"));
        Verdicts.Verdict said = new Verdicts.Verdict(RecordEdits.version(waiting, 2), List.of(PASSED));
        ModelRecord since = registered(waiting, 2, asked("", "third"));

        assertThat(RecordEdits.judged(since, Map.of(2L, said))).isSameAs(since);
        ModelRecord aliased = registered(waiting, 2, asked("", "", "blue"));
        assertThat(RecordEdits.judged(aliased, Map.of(2L, said)).aliases()).containsKey("blue");
    }

    private static List<Object> inForce(ModelRecord model) {
        return List.of(model.policy(), model.config(), model.aliases());
    }

    private static Intent asked(String policy, String config, String... aliases) {
        return new Intent(0, "me", AT, policy, config, new TreeSet<>(List.of(aliases)));
    }

    private static ModelRecord registered(ModelRecord model, long number, Intent intent) {
        List<StoredFile> files = List.of(new StoredFile("model.onnx", "%064d".formatted(number), 1));
        return RecordEdits.registered(
                model, StoreFixtures.plain(number, files, "", AT, "me", Lineage.UNKNOWN, "", true, List.of()), intent);
    }

    private static ModelRecord judged(ModelRecord model, long number, GateRecord said) {
        VersionRecord version = RecordEdits.version(model, number);
        return RecordEdits.judged(model, Map.of(number, new Verdicts.Verdict(version, List.of(said))));
    }
}
