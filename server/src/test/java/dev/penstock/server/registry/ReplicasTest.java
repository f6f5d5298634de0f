package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.server.registry.RecordedRegistry.World;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import dev.penstock.server.store.TestPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Servers that share a record in PostgreSQL.
@Timeout(120)
class ReplicasTest {
    @TempDir
    private Path root;

    private World one;
    private World other;
    private final List<StoredUploads> shared = new ArrayList<>();

    @BeforeEach
    void share() {
        StoreSettings.Postgres settings = TestPostgres.shared().newSchema();
        one = world("one", settings);
        other = world("other", settings);
    }

    private World world(String name, StoreSettings.Postgres settings) {
        World world = new World(root.resolve(name));
        world.store = () -> Stores.open(settings);
        world.sharing = files ->
                shared(new StoredUploads(() -> Stores.sharedFiles(settings), files, world.data.resolve("incoming")));
        world.remote.putAll(Map.of("s3://m/1", RecordedRegistry.model(1), "s3://m/2", RecordedRegistry.model(2)));
        return world;
    }

    private StoredUploads shared(StoredUploads uploads) {
        shared.add(uploads);
        return uploads;
    }

    @AfterEach
    void closeShared() {
        shared.forEach(StoredUploads::close);
    }

    @Test
    void whatWasUploadedToOneServesAtAllOfThem() {
        try (RecordedRegistry here = one.started()) {
            assertThat(here.register("m", 0, RecordedRegistry.model(1)).serving())
                    .isTrue();
        }
        try (RecordedRegistry there = other.started()) {
            assertThat(there.answers("m")).isEqualTo("m/1");
        }
    }

    @Test
    void eachFollowsWhatIsChangedAtAnother() {
        try (RecordedRegistry here = one.started();
                RecordedRegistry there = other.started()) {
            assertThat(here.registerFrom("m", "s3://m/1", "stable").serving()).isTrue();
            there.await(() -> there.answers("m").equals("m/1"));
            assertThat(there.registerFrom("m", "s3://m/2").serving()).isTrue();
            here.await(() -> here.ready("m").equals(List.of(1L, 2L)));

            there.admin.promote("m", "stable", 2, "me");
            here.await(() -> here.answers("m@stable").equals("m/2"));
            here.admin.rollBack("m", "stable", "me");
            there.await(() -> there.answers("m@stable").equals("m/1"));
            here.admin.dropAlias("m", "stable", "me");
            here.admin.delete("m", 0, "me");
            there.await(() -> there.registry.model("m") == null);
        }
    }

    @Test
    void whatServesGoesOnWhileTheDatabaseIsGone() throws Exception {
        try (RecordedRegistry here = one.started()) {
            here.registerFrom("m", "s3://m/1");
            TestPostgres.shared().stop();
            boolean back = false;
            try {
                assertThat(here.answers("m")).isEqualTo("m/1");
                assertThat(here.registry.ready()).isTrue();
                assertThatThrownBy(() -> here.admin.promote("m", "stable", 1, "me"))
                        .isInstanceOf(ServingException.class)
                        .hasMessageContaining("record of models");
                try (RecordedRegistry there = other.started()) {
                    assertThat(there.registry.ready()).isFalse();
                    TestPostgres.shared().start();
                    back = true;
                    there.await(() -> there.answers("m").equals("m/1") && there.registry.ready());
                }
            } finally {
                if (!back) {
                    TestPostgres.shared().start();
                }
            }
        }
    }
}
