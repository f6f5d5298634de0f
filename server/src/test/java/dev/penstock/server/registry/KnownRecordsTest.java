package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.ModelRecord;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

@SuppressWarnings("MustBeClosedChecker") // who reads and when it ends is what is tested
class KnownRecordsTest {
    private final KnownRecords known = new KnownRecords();

    @Test
    void onlyWhatIsNewerIsNews() {
        assertThat(known.learn(record(5))).isTrue();
        assertThat(known.learn(record(5))).isFalse();
        assertThat(known.learn(record(4))).isFalse();
        assertThat(known.get("m")).isEqualTo(record(5));
        assertThat(known.learn(record(6))).isTrue();
        assertThat(known.all()).containsExactly(record(6));
    }

    @Test
    void whatWasReadBeforeADeletionDoesNotBringAModelBack() {
        known.learn(record(5));
        known.read();

        assertThat(known.learnDeleted("m", 5)).isTrue();
        assertThat(known.learnDeleted("m", 5)).isFalse();
        assertThat(known.learn(record(5))).isFalse();
        assertThat(known.get("m")).isNull();
        assertThat(known.learn(record(7))).isTrue();
    }

    @Test
    void whatIsDeletedIsForgottenWhenNobodyReadsWhoBeganBefore() {
        known.learn(record(5));
        KnownRecords.Reading slow = known.read();
        KnownRecords.Reading deleting = known.read();
        known.learnDeleted("m", 5);
        KnownRecords.Reading later = known.read();
        deleting.close();
        assertThat(known.remembered()).isOne();

        assertThat(known.learn(record(5))).isFalse();
        slow.close();
        assertThat(known.remembered()).isZero();
        later.close();
        assertThat(known.get("m")).isNull();
    }

    @Test
    void aDeletionOfWhatWasRegisteredAgainIsNoNews() {
        known.learn(record(7));

        assertThat(known.learnDeleted("m", 5)).isFalse();
        assertThat(known.get("m")).isEqualTo(record(7));
    }

    private static ModelRecord record(long revision) {
        return new ModelRecord("m", revision, "latest 1", "", new TreeMap<>(), new TreeMap<>());
    }
}
