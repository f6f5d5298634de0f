package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.Target;
import dev.penstock.server.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How often a record is asked that is away, by a server that has several rollouts.
final class RestingRecordTest {
    private static final List<String> ROUTES = List.of("a", "b", "c", "d");

    @TempDir
    private Path folder;

    private RolloutWorld world;
    private final List<String> ids = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        world = new RolloutWorld(folder);
        ROUTES.forEach(route -> ids.add(world.start(route, Target.version("lookup", 1))));
        world.tick(6);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void goAway() {
        world.tick(1);
        world.records.readable = false;
        world.records.writable = false;
    }

    private void comeBack() {
        world.records.readable = true;
        world.records.writable = true;
    }

    @Test
    void oneRolloutWaitsForItAndNotEach() {
        goAway();
        ROUTES.forEach(route -> world.serve(route, 100, 40));

        world.tick(1);
        assertThat(world.records.refused).isEqualTo(1);
        world.tick(3);
        assertThat(world.records.refused).isEqualTo(1);
        ROUTES.forEach(route ->
                assertThat(world.published.held(route)).as("judged meanwhile").containsExactly("canary"));
        assertThat(world.rollouts.status())
                .allSatisfy(view -> assertThat(view.waitsFor()).isEqualTo("the record is away"));
        world.tick(8);
        assertThat(world.records.refused)
                .as("two more rests, of a read and a write")
                .isLessThanOrEqualTo(5);
    }

    @Test
    void whatCouldNotBeRecordedIsOnceItAnswers() {
        goAway();
        ROUTES.forEach(route -> world.serve(route, 100, 40));
        world.tick(20);

        comeBack();
        world.tick(6);

        assertThat(ids).allSatisfy(id -> assertThat(world.recorded(id).phase()).isEqualTo("rolled-back"));
    }

    @Test
    void whatAPersonWantsIsTriedAtOnceAndEndsTheRest() {
        goAway();
        world.serve("a", 100, 40);
        world.tick(1);
        assertThatThrownBy(() -> world.rollouts.act(ids.getLast(), new Wish(Command.PAUSE, "ana", "")))
                .isInstanceOf(ServingException.class);

        comeBack();
        var _ = world.rollouts.act(ids.getLast(), new Wish(Command.PAUSE, "ana", ""));
        world.serve("b", 100, 40);
        world.tick(2);

        assertThat(world.recorded(ids.getLast()).phase()).isEqualTo("paused");
        assertThat(world.recorded(ids.get(1)).phase()).isEqualTo("rolled-back");
    }

    @Test
    void onePromotionWaitsForItAndNotEach() {
        List<String> promoted = new ArrayList<>();
        for (String route : List.of("e", "f", "g")) {
            world.promoteAlias("of-" + route, 1);
            promoted.add(world.start(route, Target.alias("lookup", "of-" + route)));
        }
        world.tick(6);
        promoted.forEach(id -> {
            var _ = world.rollouts.act(id, new Wish(Command.PROMOTE, "ana", ""));
        });
        world.admin.refuse(AwayRecords.away("the record is away"));

        world.tick(3);
        assertThat(promoted)
                .allSatisfy(id -> assertThat(world.recorded(id).phase()).isEqualTo("promoting"));
        assertThat(world.admin.refused()).isEqualTo(1);
        world.admin.refuse(null);
        world.tick(8);
        assertThat(promoted)
                .allSatisfy(id -> assertThat(world.recorded(id).phase()).isEqualTo("completed"));
    }

    @Test
    void aVersionThatIsNotReadyKeepsNoOtherRolloutFromWriting() {
        world.promoteAlias("of-e", 1);
        String promoted = world.start("e", Target.alias("lookup", "of-e"));
        world.tick(6);
        var _ = world.rollouts.act(promoted, new Wish(Command.PROMOTE, "ana", ""));
        world.admin.refuse(new ServingException(ErrorCode.NOT_READY, "version 2 is not ready"));
        world.tick(2);
        assertThat(world.admin.refused()).isPositive();

        world.serve("a", 100, 40);
        world.tick(2);

        assertThat(world.recorded(ids.getFirst()).phase()).isEqualTo("rolled-back");
        assertThat(world.rollouts.one(promoted).waitsFor()).isEqualTo("version 2 is not ready");
        world.admin.refuse(null);
        world.tick(8);
        assertThat(world.recorded(promoted).phase()).isEqualTo("completed");
    }

    @Test
    void whatIsRefusedForItsOwnSakeKeepsNobodyElseWaiting() {
        RecordRest rest = new RecordRest(new Uptime(() -> 0));

        rest.readFailed(new ServingException(ErrorCode.INTERNAL, "its state cannot be read"));
        rest.writeFailed(new ServingException(ErrorCode.ALREADY_EXISTS, "it is there"));
        assertThat(rest.mayWrite()).isTrue();
        rest.readFailed(new ServingException(ErrorCode.NOT_READY, "version 2 is not ready"));
        rest.writeFailed(new ServingException(ErrorCode.NOT_READY, "version 2 is not ready"));
        StoreException stale = new StoreException(StoreException.Reason.STALE, "somebody else was faster");
        rest.writeFailed(new ServingException(ErrorCode.NOT_READY, "somebody else was faster", stale));
        assertThat(rest.mayWrite()).isTrue();
        rest.writeFailed(AwayRecords.away("it is full"));
        assertThat(rest.mayWrite()).isFalse();
        assertThat(rest.mayRead()).isTrue();
        assertThat(rest.why()).isEqualTo("it is full");
        rest.readFailed(AwayRecords.away("it is away"));
        assertThat(rest.mayRead()).isFalse();
        rest.readable();
        assertThat(rest.mayRead()).isTrue();
        assertThat(rest.mayWrite()).as("that it is full is not over").isFalse();
        rest.written();
        assertThat(rest.mayWrite()).isTrue();
    }
}
