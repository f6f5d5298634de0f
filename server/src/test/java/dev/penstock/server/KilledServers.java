package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One server after another on the same data, each killed before the next.
final class KilledServers implements AutoCloseable {
    /// The last step of a start.
    private static final String SWEPT = "swept";

    final Path repository;
    private final Path root;
    private final Path data;
    private final StoreSettings store;
    private final HttpClient client = HttpClient.newHttpClient();
    private AnnouncingProcess running;

    /// A JVM that waits for its turn, so that its start costs no time.
    private AnnouncingProcess next;

    private List<AuditEntry> acknowledged = List.of();

    /// @param root an empty folder
    static KilledServers inFile(Path root) throws IOException, InterruptedException {
        return new KilledServers(root, new StoreSettings.Sqlite(root.resolve("data/record.db")));
    }

    /// With the first server running.
    KilledServers(Path root, StoreSettings store) throws IOException, InterruptedException {
        this.root = root;
        this.store = store;
        repository = Files.createDirectories(root.resolve("repository"));
        data = root.resolve("data");
        running = newProcess();
        next = newProcess();
        running.start();
        awaitStarted();
    }

    /// Until it is ready and has swept: it does that behind all others, and takes no step by itself afterwards.
    private void awaitStarted() throws InterruptedException {
        running.awaitReady();
        running.awaitStep(SWEPT);
    }

    private AnnouncingProcess newProcess() throws IOException {
        return new AnnouncingProcess(repository, data, store);
    }

    /// Kills the server at a step of what it does for a request, or once that is answered.
    ///
    /// @param step its name, or "" for the answer
    /// @return the steps that it said until then
    List<String> killAt(String step, Call call) throws Exception {
        running.stopAt(step);
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request(call), BodyHandlers.ofString());
        List<String> steps;
        if (step.isEmpty()) {
            HttpResponse<String> answered = answer.join();
            assertThat(answered.statusCode()).as(answered.body()).isBetween(200, 201);
            steps = running.steps();
        } else {
            steps = running.awaitStop();
        }
        running.kill();
        return steps;
    }

    /// Starts one that is killed at a step of its start.
    List<String> startUntil(String step) throws Exception {
        begin(step);
        List<String> steps = running.awaitStop();
        running.kill();
        return steps;
    }

    void start() throws IOException, InterruptedException {
        begin("");
        awaitStarted();
    }

    private void begin(String stop) throws IOException {
        running.close();
        running = next;
        running.stopAt(stop);
        running.start();
        next = newProcess();
    }

    /// A request of the admin port.
    ///
    /// @param path below `/api/v1`
    record Call(String method, String path, BodyPublisher body, String type) {
        static Call of(String method, String path, String json) {
            return new Call(method, path, BodyPublishers.ofString(json), "application/json");
        }
    }

    private HttpRequest request(Call call) {
        return HttpRequest.newBuilder(URI.create(running.admin("/api/v1" + call.path())))
                .header("Content-Type", call.type())
                .method(call.method(), call.body())
                .build();
    }

    HttpResponse<String> ask(Call call) throws Exception {
        return client.send(request(call), BodyHandlers.ofString());
    }

    /// An answer that has to be a success.
    JsonNode done(Call call) throws Exception {
        HttpResponse<String> answer = ask(call);
        assertThat(answer.statusCode())
                .as("%s %s: %s", call.method(), call.path(), answer.body())
                .isBetween(200, 201);
        return JsonMapper.shared().readTree(answer.body());
    }

    JsonNode models() throws Exception {
        return done(Call.of("GET", "/models", "")).path("models");
    }

    /// @return a missing node if there is none
    JsonNode model(String name) throws Exception {
        for (JsonNode model : models()) {
            if (model.path("name").asString("").equals(name)) {
                return model;
            }
        }
        return JsonMapper.shared().missingNode();
    }

    /// The id of the newest entry of the audit log; 0 if there is none.
    long newestEntry() throws Exception {
        JsonNode entries = done(Call.of("GET", "/audit?limit=1", "")).path("entries");
        return entries.isEmpty() ? 0 : entries.get(0).path("id").asLong();
    }

    /// Looks at the record of a server that was killed: it says what its audit log says, of what it said before
    /// nothing is gone, and each version's files are there.
    ///
    /// @return what was done after that entry
    List<String> actionsOfKilled(long entry) throws IOException {
        try (ModelStore left = Stores.open(copyOfStore())) {
            List<AuditEntry> entries = StoreFixtures.assertConsistent(left);
            int known = acknowledged.size();
            assertThat(entries).hasSizeGreaterThanOrEqualTo(known);
            assertThat(entries.subList(0, known)).isEqualTo(acknowledged);
            acknowledged = entries;
            assertThat(filesOnDisk()).containsAll(hashes(left.models()));
            return actions(entries, entry);
        }
    }

    private static List<String> actions(List<AuditEntry> entries, long after) {
        return entries.stream()
                .filter(entry -> entry.id() > after)
                .map(entry -> entry.act().action())
                .toList();
    }

    /// What was done since that entry, as the server tells.
    List<String> actions(long entry) throws Exception {
        List<String> actions = new ArrayList<>();
        for (JsonNode found : done(Call.of("GET", "/audit?limit=100", "")).path("entries")) {
            if (found.path("id").asLong() > entry) {
                actions.addFirst(found.path("action").asString(""));
            }
        }
        return actions;
    }

    /// So that the next server, and not this test, mends what the killed one left.
    private StoreSettings copyOfStore() throws IOException {
        if (!(store instanceof StoreSettings.Sqlite(Path file))) {
            return store;
        }
        Path copy = Files.createTempDirectory(root, "copy").resolve("record.db");
        for (String end : List.of("", "-wal")) {
            Path part = Path.of(file + end);
            if (Files.exists(part)) {
                Files.copy(part, Path.of(copy + end));
            }
        }
        return new StoreSettings.Sqlite(copy);
    }

    private static Set<String> hashes(List<ModelRecord> models) {
        Set<String> hashes = new HashSet<>();
        models.forEach(model -> model.versions()
                .values()
                .forEach(version -> version.files().forEach(file -> hashes.add(file.sha256()))));
        return hashes;
    }

    /// The names of the kept files, which are their hashes.
    Set<String> filesOnDisk() throws IOException {
        return namesIn("files");
    }

    Set<String> namesIn(String folder) throws IOException {
        if (!Files.exists(data.resolve(folder))) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        try (Stream<Path> all = Files.walk(data.resolve(folder))) {
            all.filter(Files::isRegularFile).forEach(file -> names.add(String.valueOf(file.getFileName())));
        }
        return names;
    }

    /// @param path from the port for inference
    HttpResponse<String> infer(String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(running.rest(path)));
        return client.send(
                body.isEmpty()
                        ? request.build()
                        : request.POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
    }

    @Override
    public void close() {
        client.close();
        running.close();
        next.close();
    }
}
