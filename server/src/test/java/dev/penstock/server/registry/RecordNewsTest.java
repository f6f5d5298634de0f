package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.store.LastRead;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.Recorded;
import dev.penstock.server.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordNewsTest {
    @TempDir
    private Path folder;

    private final KnownRecords known = new KnownRecords();
    private final Semaphore again = new Semaphore(0);
    private final RecordNews news = new RecordNews(known, LastRead.NONE, again::release);

    @Test
    void whatIsRegisteredWhileTheRecordIsReadIsNotTakenForDeleted() {
        assertThat(news.read(() -> recorded(1, model("m", 1)))).containsExactly("m");

        assertThat(news.read(() -> {
                    Recorded list = recorded(1, model("m", 1));
                    known.learn(model("x", 2));
                    return list;
                }))
                .isEmpty();

        assertThat(known.get("x")).isEqualTo(model("x", 2));
        assertThat(again.availablePermits()).isZero();
    }

    @Test
    void whatIsGoneIsDeletedAlsoWhereNothingElseIsNews() {
        news.read(() -> recorded(2, model("m", 1), model("n", 2)));

        assertThat(news.read(() -> recorded(3, model("m", 1)))).containsExactly("n");
        assertThat(known.all()).containsExactly(model("m", 1));
    }

    @Test
    void aRecordMadeAnewIsAsGoodAsGone() {
        news.read(() -> recorded(0));
        news.read(() -> recorded(1, model("m", 1)));

        assertThatThrownBy(() -> news.read(() -> recorded(0)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.UNAVAILABLE));
        assertThat(known.get("m")).isEqualTo(model("m", 1));
    }

    @Test
    void aRecordThatLostItsLastModelIsNoneThatWasMadeAnew() {
        news.read(() -> recorded(1, model("m", 1)));

        assertThat(news.read(() -> recorded(2))).containsExactly("m");
        assertThat(known.all()).isEmpty();
    }

    @Test
    void whatIsKeptOfAnEarlierStartIsKnown() {
        LastRead kept = LastRead.in(folder.resolve("last-read.json"), "db");
        kept.keep(recorded(1, model("m", 1)));
        RecordNews started = new RecordNews(known, LastRead.in(folder.resolve("last-read.json"), "db"), again::release);

        assertThatThrownBy(() -> started.read(() -> recorded(0))).isInstanceOf(StoreException.class);
        assertThat(started.recall())
                .hasValueSatisfying(models -> assertThat(models).containsExactly("m"));
        assertThatThrownBy(() -> started.read(() -> recorded(0))).isInstanceOf(StoreException.class);
        assertThat(kept.read()).contains(recorded(0, model("m", 1)));
    }

    @Test
    void whatIsKeptAndDamagedIsNotUsed() throws IOException {
        Path file = folder.resolve("last-read.json");
        Files.writeString(file, "null");
        RecordNews started = new RecordNews(known, LastRead.in(file, "db"), again::release);

        assertThat(started.recall()).isEmpty();
        assertThat(started.read(() -> recorded(0))).isEmpty();
        assertThat(started.read(() -> recorded(1, model("m", 1)))).containsExactly("m");
    }

    @Test
    void whatIsRecalledTakesNothingAwayThatIsKnown() {
        LastRead kept = LastRead.in(folder.resolve("last-read.json"), "db");
        kept.keep(recorded(3, model("m", 3)));
        known.learn(model("x", 5));

        assertThat(new RecordNews(known, kept, again::release).recall())
                .hasValueSatisfying(models -> assertThat(models).containsExactly("m"));
        assertThat(known.all()).containsExactly(model("m", 3), model("x", 5));
    }

    @Test
    void aRecordThatWentBackInTimeTakesThePlaceOfAllThatWasKnown() {
        news.read(() -> recorded(9, model("m", 7), model("n", 8), model("same", 2)));

        assertThat(news.read(() -> recorded(5, model("m", 4), model("old", 3), model("same", 2))))
                .containsExactly("m", "n", "old");
        assertThat(known.all()).containsExactly(model("m", 4), model("old", 3), model("same", 2));
        assertThat(again.availablePermits()).isOne();
        assertThat(news.read(() -> recorded(6, model("m", 6), model("old", 3), model("same", 2))))
                .containsExactly("m");
        assertThat(again.availablePermits()).isOne();
    }

    @Test
    void itIsNoticedByAModelWhereOthersWentOnMeanwhile() {
        news.read(() -> recorded(7, model("m", 7)));
        assertThat(news.read(() -> recorded(8, model("m", 6), model("n", 8)))).containsExactly("m", "n");

        assertThat(news.read(() -> recorded(9, other("m", 6), model("n", 8)))).containsExactly("m");
        assertThat(known.get("m")).isEqualTo(other("m", 6));
    }

    @Test
    void whatThisServerWritesWhileTheRecordIsReadIsNoJourneyInTime() {
        news.read(() -> recorded(1, model("m", 1)));

        assertThat(news.read(() -> {
                    Recorded read = recorded(1, model("m", 1));
                    known.learn(model("m", 2));
                    return read;
                }))
                .isEmpty();
        assertThat(known.get("m")).isEqualTo(model("m", 2));
        assertThat(again.availablePermits()).isZero();
    }

    private static Recorded recorded(long revision, ModelRecord... models) {
        return new Recorded(revision, List.of(models));
    }

    private static ModelRecord model(String name, long revision) {
        return new ModelRecord(name, revision, "latest 1", "", new TreeMap<>(), new TreeMap<>());
    }

    private static ModelRecord other(String name, long revision) {
        return new ModelRecord(name, revision, "all", "", new TreeMap<>(), new TreeMap<>());
    }
}
