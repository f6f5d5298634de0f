package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static dev.penstock.server.LookupGateway.ROLLOUT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.Act;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What happens in a rollout, as a stream of server-sent events over real sockets.
@Timeout(400)
@SuppressWarnings("NullAway.Init")
class RolloutEventsTest {
    /// As many streams as there may be at a time.
    private static final int STREAMS = 32;

    @TempDir
    private Path folder;

    private LookupGateway server;
    private String id;

    /// One event.
    private record Event(long id, String kind, JsonNode data) {}

    /// A client that reads as it likes.
    private final class Reader implements AutoCloseable {
        private final Socket socket = new Socket();
        private final BufferedReader in;
        private final String status;
        private int beats;

        /// @param headers lines, each with its end
        Reader(String query, String headers, int receiveBytes) throws IOException {
            if (receiveBytes > 0) {
                socket.setReceiveBufferSize(receiveBytes);
            }
            int port = server.gateway.addresses().admin().port();
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream()
                    .write(("GET /api/v1/rollouts/" + id + "/events" + query + " HTTP/1.1\r\nHost: x\r\n"
                                    + "Accept: text/event-stream\r\n" + headers + "\r\n")
                            .getBytes(UTF_8));
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8), 512);
            status = line();
        }

        private String line() throws IOException {
            String line = in.readLine();
            return line == null ? "" : line;
        }

        /// @return null at the end of the stream
        @Nullable
        Event next() throws IOException {
            String line = in.readLine();
            while (line != null && !line.startsWith("id: ") && !line.equals("0")) {
                beats += line.equals(": waiting") ? 1 : 0;
                line = in.readLine();
            }
            if (line == null || line.equals("0")) {
                return null;
            }
            long number = Long.parseLong(line.substring(4));
            String kind = line().substring("event: ".length());
            return new Event(number, kind, JsonMapper.shared().readTree(line().substring("data: ".length())));
        }

        /// Returns once it has said that it is there, though nothing happens.
        void awaitBeat() throws IOException {
            while (beats == 0) {
                String line = in.readLine();
                assertThat(line).as("nothing happens meanwhile").isNotNull().doesNotStartWith("id: ");
                beats += line.equals(": waiting") ? 1 : 0;
            }
        }

        List<Event> all() throws IOException {
            List<Event> all = new ArrayList<>();
            for (Event event = next(); event != null; event = next()) {
                all.add(event);
            }
            return all;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new LookupGateway(folder, ENTRIES, ENTRIES);
        id = server.start(ROLLOUT);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reader read(String query, String headers) throws IOException {
        return new Reader(query, headers, 0);
    }

    private static List<String> kinds(List<Event> events) {
        return events.stream().map(Event::kind).toList();
    }

    @Test
    void eventsComeInOrderAsTheyHappenUntilItIsOver() throws Exception {
        try (Reader reader = read("", "")) {
            assertThat(reader.status).isEqualTo("HTTP/1.1 200 OK");
            List<Event> seen = new ArrayList<>();
            do {
                Event event = reader.next();
                assertThat(event).isNotNull();
                seen.add(event);
            } while (!seen.getLast().kind().equals("settled"));
            assertThat(kinds(seen)).containsExactly("started", "step", "settled");
            reader.awaitBeat();

            var _ = server.act(id, "pause");
            Event paused = reader.next();
            assertThat(paused).isNotNull();
            assertThat(paused.kind()).isEqualTo("paused");
            assertThat(paused.data().path("actor").asString()).isEqualTo("ann");
            assertThat(paused.data().path("seq").asLong()).isEqualTo(paused.id());
            var _ = server.act(id, "abort");
            List<Event> rest = reader.all();

            assertThat(kinds(rest)).containsExactly("rolling-back", "rolled-back");
            assertThat(rest.getLast().id()).isEqualTo(6);
            assertThat(reader.in.readLine()).isEmpty();
            assertThat(reader.in.readLine()).as("the connection ends with it").isNull();
        }
    }

    @Test
    void whoWasCutOffGoesOnWhereItWas() throws Exception {
        var _ = server.awaitPhase(id, "analyse");
        var _ = server.act(id, "abort");
        var _ = server.awaitPhase(id, "rolled-back");

        try (Reader all = read("", "");
                Reader after = read("?after=3", "");
                Reader last = read("?after=1", "Last-Event-ID: 4\r\n");
                Reader none = read("", "Last-Event-ID: 5\r\n");
                Reader wrong = read("", "Last-Event-ID: x\r\n")) {
            assertThat(kinds(all.all())).containsExactly("started", "step", "settled", "rolling-back", "rolled-back");
            assertThat(kinds(after.all())).containsExactly("rolling-back", "rolled-back");
            assertThat(kinds(last.all())).as("the header is newer").containsExactly("rolled-back");
            assertThat(none.status)
                    .as("there will be no more: nobody has to ask again")
                    .isEqualTo("HTTP/1.1 204 No Content");
            assertThat(wrong.status).startsWith("HTTP/1.1 400");
        }
        id = "nobody";
        try (Reader unknown = read("", "")) {
            assertThat(unknown.status).startsWith("HTTP/1.1 404");
        }
    }

    @Test
    void whoReadsSlowlyMissesNothing() throws Throwable {
        int before = ended();
        // More than any socket takes for a reader that does not read.
        int many = 1_500;
        server.restart(() -> append(many));
        List<Long> all = LongStream.rangeClosed(1, before + many).boxed().toList();

        try (Reader slow = new Reader("", "", 4096);
                Reader fast = read("", "")) {
            assertThat(fast.all()).extracting(Event::id).isEqualTo(all);
            assertThat(slow.all()).extracting(Event::id).isEqualTo(all);
        }
    }

    /// One answer has a thousand of them.
    @Test
    void commandsTellAllOfThem() throws Throwable {
        int all = ended() + 1_500;
        server.restart(() -> append(1_500));

        assertThat(server.run("rollout", "events", id)).isEqualTo(ExitCode.OK);
        assertThat(server.printed.lines().count()).isEqualTo(all);
        assertThat(server.run("rollout", "watch", id)).isEqualTo(ExitCode.MODEL_FAILED);
        assertThat(server.printed.lines().count()).isEqualTo(all);
        assertThat(server.run("rollout", "events", id, "--json")).isEqualTo(ExitCode.OK);
        assertThat(JsonMapper.shared().readTree(server.printed).path("events").size())
                .isEqualTo(all);
    }

    @Test
    void pagesAreAsLongAsTheDescriptionSaysAndLoseNothing() throws Throwable {
        int all = ended() + 2_500;
        server.restart(() -> append(2_500));
        List<Integer> sizes = new ArrayList<>();
        List<Long> seen = new ArrayList<>();

        do {
            long after = seen.isEmpty() ? 0 : seen.getLast();
            JsonNode page = server.admin("GET", "/api/v1/rollouts/" + id + "/events?after=" + after, "")
                    .path("events");
            page.forEach(event -> seen.add(event.path("seq").asLong()));
            sizes.add(page.size());
        } while (sizes.getLast() > 0);

        assertThat(sizes).containsExactly(1_000, 1_000, all - 2_000, 0);
        assertThat(seen).isEqualTo(LongStream.rangeClosed(1, all).boxed().toList());
    }

    @Test
    void manyWhoAskAtATimeAreAnsweredOrToldToComeAgain() throws Throwable {
        int all = ended() + 300;
        server.restart(() -> append(300));
        String path = "/api/v1/rollouts/" + id;
        HttpRequest events = HttpRequest.newBuilder(URI.create(server.url() + path + "/events"))
                .build();
        HttpRequest status =
                HttpRequest.newBuilder(URI.create(server.url() + path)).build();

        try (HttpClient http = HttpClient.newHttpClient()) {
            List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                asked.add(http.sendAsync(i % 2 == 0 ? events : status, BodyHandlers.ofString()));
            }

            for (CompletableFuture<HttpResponse<String>> each : asked) {
                HttpResponse<String> answer = each.get(1, TimeUnit.MINUTES);
                assertThat(answer.statusCode()).isIn(200, 429);
                boolean refused = answer.statusCode() == 429;
                assertThat(answer.headers().firstValue("retry-after").isPresent())
                        .isEqualTo(refused);
                JsonNode told = JsonMapper.shared().readTree(answer.body());
                if (!refused) {
                    assertThat(told.has("events") ? told.path("events").size() : all)
                            .isEqualTo(all);
                }
            }
        }
        assertThat(server.rollout(id).path("status").path("phase").asString()).isEqualTo("rolled-back");
    }

    /// @return how many events there are of it once it is aborted
    private int ended() throws Exception {
        var _ = server.act(id, "abort");
        var _ = server.awaitPhase(id, "rolled-back");
        return server.admin("GET", "/api/v1/rollouts/" + id + "/events", "")
                .path("events")
                .size();
    }

    private void append(int count) throws IOException {
        String event = "{\"kind\":\"made\",\"detail\":\"%s\"}".formatted("x".repeat(8_000));
        try (ModelStore store = Stores.open(new StoreSettings.Sqlite(folder.resolve("data/record.db")))) {
            RolloutRecord last = store.routes().rollout(id).orElseThrow();
            // As if it had ended just now: one that ended long ago has its arms taken away, which is one
            // event more.
            var _ = store.routes()
                    .change(
                            last,
                            Collections.nCopies(count, event),
                            Optional.empty(),
                            new Act("me", "test", "", last.changed()));
        }
    }

    @Test
    void whoGoesAwayLeavesItsPlaceToOthers() throws Exception {
        List<Reader> readers = new ArrayList<>();
        try {
            for (int i = 0; i < STREAMS; i++) {
                readers.add(read("", ""));
                assertThat(readers.getLast().status).isEqualTo("HTTP/1.1 200 OK");
            }
            try (Reader oneMore = read("", "")) {
                assertThat(oneMore.status).startsWith("HTTP/1.1 429");
            }
        } finally {
            for (Reader reader : readers) {
                reader.close();
            }
        }

        String status;
        do {
            LockSupport.parkNanos(20_000_000);
            try (Reader next = read("", "")) {
                status = next.status;
            }
        } while (!status.equals("HTTP/1.1 200 OK"));
        assertThat(server.rollout(id).path("status").path("phase").asString()).isNotEqualTo("rolled-back");
    }
}
