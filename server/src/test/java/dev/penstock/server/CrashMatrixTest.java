package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.KilledServers.Call;
import dev.penstock.server.store.TestPostgres;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a whole server (SIGKILL) before and after each step of what it does with registered models, starts
/// another on what it left, and looks at all of that.
@Timeout(1800)
class CrashMatrixTest {
    private static final String MODEL = Wish.MODEL;
    private static final List<String> SERVING = List.of(
            "record register", "recorded register", "open", "judge", "judged", "record gates", "recorded gates");
    private static final List<String> ARRIVAL = List.of("receive", "begun", "all read", "kept");

    @TempDir
    private Path root;

    @Test
    void anUploadIsThereAsAWholeOrNotAtAll() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            Wish.register(servers, MODEL, 1, "stable");

            List<String> steps = joined(ARRIVAL, SERVING);
            // Before it is opened and judged there is the same on the disk as once it is judged.
            List<String> kills = new ArrayList<>(joined(steps, List.of("")));
            kills.removeAll(List.of("open", "judge"));
            for (String step : kills) {
                crashAt(step, steps, servers, Wish::upload);
            }
        }
    }

    @Test
    void soIsWhatIsFetchedTogetherWithItsAliases() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            Wish.register(servers, MODEL, 1, "stable");

            List<String> steps = joined(List.of("fetch", "fetched"), SERVING);
            // From there on it goes as with an upload.
            for (String step : List.of("fetch", "fetched", "recorded register", "")) {
                crashAt(step, steps, servers, Wish::fetch);
            }
        }
    }

    @Test
    void anAliasIsMovedAndMovedBackOrNot() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            Wish.register(servers, MODEL, 1, "stable");
            Wish.register(servers, MODEL, 2);

            crashAtEach(recording("promote"), servers, Wish::promote);
            crashAtEach(recording("rollback"), servers, Wish::rollBack);
        }
    }

    @Test
    void whatIsRetiredIsGoneWithItsFilesOrServes() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            Wish.register(servers, MODEL, 1, "stable");
            servers.done(Call.of("PUT", "/models/m/policy", "{\"policy\":\"all\"}"));
            List<String> deletion = joined(recording("delete"), List.of("sweep", "swept"));

            crashAt("recorded unload", recording("unload"), servers, Wish::unload);
            crashAt("recorded policy", recording("policy"), servers, Wish::policy);
            crashAtEach(deletion, servers, Wish::deleteVersion);
            crashAt("recorded delete", deletion, servers, Wish::deleteModel);
            crashAt("swept", deletion, servers, Wish::deleteModel);
        }
    }

    @Test
    void aStartThatIsKilledIsDoneByTheNext() throws Exception {
        try (KilledServers servers = KilledServers.inFile(root)) {
            Wish.register(servers, MODEL, 1, "stable");
            long before = servers.newestEntry();
            Wish wish = Wish.fetch(servers);
            servers.killAt("recorded register", wish.call());

            for (String step : List.of("judged", "record gates", "recorded gates", "swept")) {
                servers.startUntil(step);
                boolean judged = List.of("recorded gates", "swept").contains(step);
                assertThat(servers.actionsOfKilled(before))
                        .as("killed at %s", step)
                        .isEqualTo(judged ? List.of("register", "gates") : List.of("register"));
            }
            servers.start();
            assertThat(servers.actions(before)).containsExactly("register", "gates");
            assertThat(wish.done().test(servers.model(MODEL))).isTrue();
            WholeServer.check(servers);
        }
    }

    @Test
    void aRecordInPostgresIsLeftTheSameWay() throws Exception {
        try (KilledServers servers =
                new KilledServers(root, TestPostgres.shared().newSchema())) {
            Wish.register(servers, MODEL, 1, "stable");
            List<String> upload = joined(joined(ARRIVAL, List.of("share", "shared")), SERVING);

            for (String step : List.of("share", "shared", "recorded register")) {
                crashAt(step, upload, servers, Wish::upload);
            }
            crashAt("recorded promote", recording("promote"), servers, Wish::promote);
            crashAt("", recording("rollback"), servers, Wish::rollBack);
        }
    }

    private static void crashAtEach(List<String> steps, KilledServers servers, Wish.Act act) throws Exception {
        for (String step : joined(steps, List.of(""))) {
            crashAt(step, steps, servers, act);
        }
    }

    /// @param step where to kill it, or "" for: once it has answered
    /// @param steps all that the act has, in their order
    private static void crashAt(String step, List<String> steps, KilledServers servers, Wish.Act act) throws Exception {
        Wish wish = act.prepared(servers);
        long before = servers.newestEntry();

        List<String> seen = servers.killAt(step, wish.call());
        String where = "%s %s, killed at '%s'"
                .formatted(wish.call().method(), wish.call().path(), step);
        assertThat(seen).as(where).isEqualTo(step.isEmpty() ? steps : steps.subList(0, steps.indexOf(step) + 1));
        List<String> done = recorded(seen);
        assertThat(servers.actionsOfKilled(before)).as(where).isEqualTo(done);

        servers.start();
        // What nobody came to judge is judged by the next.
        List<String> wanted = done.equals(List.of("register")) ? List.of("register", "gates") : done;
        assertThat(servers.actions(before)).as(where).isEqualTo(wanted);
        assertThat(wish.done().test(servers.model(wish.model()))).as(where).isEqualTo(!done.isEmpty());
        WholeServer.check(servers);

        repeat(wish, !done.isEmpty(), servers);
        assertThat(comes(wish, servers)).as(where).isTrue();
    }

    /// What is deleted is listed until it has left memory.
    private static boolean comes(Wish wish, KilledServers servers) throws Exception {
        long begun = System.nanoTime();
        boolean done = wish.done().test(servers.model(wish.model()));
        while (!done && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(120)) {
            done = wish.done().test(servers.model(wish.model()));
        }
        return done;
    }

    /// Who does not know what became of a call makes it again.
    private static void repeat(Wish wish, boolean done, KilledServers servers) throws Exception {
        if (done && wish.again() == 0) {
            return;
        }
        HttpResponse<String> answer = servers.ask(wish.call());
        if (done) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(wish.again());
        } else {
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
        }
    }

    private static List<String> recorded(List<String> steps) {
        return steps.stream()
                .filter(step -> step.startsWith("recorded "))
                .map(step -> step.substring("recorded ".length()))
                .toList();
    }

    private static List<String> recording(String action) {
        return List.of("record " + action, "recorded " + action);
    }

    private static List<String> joined(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
