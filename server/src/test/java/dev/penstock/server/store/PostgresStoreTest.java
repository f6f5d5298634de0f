package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.assertConsistent;
import static dev.penstock.server.store.StoreFixtures.model;
import static dev.penstock.server.store.StoreFixtures.pointing;
import static dev.penstock.server.store.StoreFixtures.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The record in PostgreSQL, also of several servers.
class PostgresStoreTest extends ModelStoreTests {
    private static final long PATIENT_SECONDS = 300;

    @Override
    StoreSettings newSettings() {
        return TestPostgres.shared().newSchema();
    }

    @Override
    Connection connect() throws SQLException {
        return PostgresConnections.source((StoreSettings.Postgres) settings, PostgresPatience.USUAL)
                .getConnection();
    }

    @Test
    void aChangeOfOneServerReachesTheOthers() throws Exception {
        try (ModelStore other = StoreFixtures.open(settings)) {
            Semaphore told = new Semaphore(0);
            other.onChange(told::release);
            // Once for being new.
            await(told);
            told.drainPermits();

            ModelRecord put = store.put(model("m", version(1, "one")), act("register"));
            await(told);
            assertThat(other.models()).containsExactly(put);
        }
    }

    @Test
    void aSchemaIsNotTakenForAnotherWhoseNameIsLikeItsOwn() {
        StoreSettings.Postgres none = TestPostgres.shared().newSchema();
        StoreSettings.Postgres other =
                new StoreSettings.Postgres(none.url().replace("test_", "testx"), none.user(), none.password());
        assertThat(Stores.upgrade(other).found()).isZero();

        assertThat(Stores.schema(other).found()).isEqualTo(Migrations.NEWEST);
        assertThat(Stores.schema(none).found()).isZero();
    }

    @Test
    void aChangeThatNobodyTellsOfIsFound() throws Exception {
        Semaphore told = new Semaphore(0);
        store.onChange(told::release);
        await(told);
        told.drainPermits();

        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE store_state SET revision = revision + 1");
        }

        await(told);
    }

    @Test
    void serversThatRaceForAModelWinOneRevisionEach() throws Exception {
        try (ModelStore other = StoreFixtures.open(settings);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            long revision = store.put(model("m"), act("register")).revision();
            for (int round = 0; round < 20; round++) {
                ModelRecord read = store.model("m").orElseThrow();
                assertThat(read.revision()).isEqualTo(revision);
                CountDownLatch both = new CountDownLatch(2);
                List<Future<Boolean>> outcomes = new ArrayList<>();
                for (ModelStore each : List.of(store, other)) {
                    long version = outcomes.size() + 1L;
                    outcomes.add(threads.submit(() -> wins(each, pointing(read, "stable", version, 0), both)));
                }
                boolean first = outcomes.getFirst().get();
                boolean second = outcomes.getLast().get();
                assertThat(first).isNotEqualTo(second);
                revision = other.model("m").orElseThrow().revision();
            }
        }
        assertThat(assertConsistent(store)).hasSize(21);
    }

    private static boolean wins(ModelStore store, ModelRecord next, CountDownLatch both) throws InterruptedException {
        both.countDown();
        both.await();
        try {
            store.put(next, act("promote"));
            return true;
        } catch (StoreException e) {
            assertThat(e.reason()).isEqualTo(Reason.STALE);
            return false;
        }
    }

    @Test
    void serversThatStartTogetherMakeOneRecord() throws Exception {
        StoreSettings fresh = newSettings();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<ModelStore>> stores = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                stores.add(threads.submit(() -> StoreFixtures.open(fresh)));
            }
            int written = 0;
            for (Future<ModelStore> opened : stores) {
                try (ModelStore each = opened.get()) {
                    each.put(model("m" + written), act("register"));
                    written++;
                    assertThat(each.models()).hasSize(written);
                }
            }
        }
    }

    @Test
    void aDatabaseThatIsGoneIsSaidToBeAndIsUsedAgainWhenItIsBack() throws Exception {
        ModelRecord put = store.put(model("m", version(1, "one")), act("register"));
        store.close();
        store = Stores.open(settings);
        Semaphore told = new Semaphore(0);
        store.onChange(told::release);
        await(told);

        TestPostgres.shared().stop();
        try {
            told.drainPermits();
            assertRefused(Reason.UNAVAILABLE, () -> store.models());
            assertRefused(Reason.UNAVAILABLE, () -> store.put(pointing(put, "stable", 1, 0), act("promote")));
            assertRefused(Reason.UNAVAILABLE, () -> Stores.open(settings));
        } finally {
            TestPostgres.shared().start();
        }

        await(told);
        assertThat(store.models()).containsExactly(put);
        ModelRecord again = store.put(pointing(put, "stable", 1, 0), act("promote"));
        assertThat(store.models()).containsExactly(again);
        assertThat(assertConsistent(store)).hasSize(2);
    }

    @Test
    void aServerThatHangsWhileItWritesHoldsUpTheOthersForAWhileOnly() throws Exception {
        ModelRecord put = store.put(model("m"), act("register"));
        try (Connection hangs = connect();
                Statement statement = hangs.createStatement()) {
            hangs.setAutoCommit(false);
            // In one message: the time begins when the server waits for the next.
            statement.execute("SET LOCAL idle_in_transaction_session_timeout = 200;"
                    + " UPDATE store_state SET revision = revision + 1");

            store.put(pointing(put, "stable", 1, 0), act("promote"));

            assertThatThrownBy(hangs::commit).isInstanceOf(SQLException.class);
        }
        assertThat(assertConsistent(store)).hasSize(2);
    }

    @Test
    void aWrongPasswordIsUnavailableAndNotShown() {
        StoreSettings.Postgres right = (StoreSettings.Postgres) settings;
        StoreSettings wrong = new StoreSettings.Postgres(right.url(), right.user(), "secret");

        assertThatThrownBy(() -> Stores.open(wrong))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .hasMessageContaining("password authentication failed")
                .hasMessageNotContaining("secret");
        assertThat(wrong.toString()).doesNotContain("secret");
    }

    private static void await(Semaphore told) throws InterruptedException {
        assertThat(told.tryAcquire(PATIENT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
}
