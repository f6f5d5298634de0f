package dev.penstock.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The third act of the demo: version 2 is promoted by evidence, version 3, which learned from wrong labels,
/// is rolled back by itself. Told line by line; the server goes on serving afterwards.
final class DemoRollout implements Progress {
    private static final String SPEC = """
            {"route": "digits", "settle": "3s", "minRequests": 200, "maxDuration": "10m",
             "metrics": [{"type": "errors", "promoteAbsolute": "1%"},
                         {"type": "quality", "margin": "2%", "required": true}],
             "steps": [{"weight": "10%", "minDuration": "10s"}, {"weight": "50%", "minDuration": "10s"}]}""";

    private final Surroundings surroundings;
    private final Announcer announcer;
    private final Path requests;
    private final Thread thread =
            Thread.ofPlatform().name("demo-rollout").daemon().unstarted(this::run);
    private String inference = "";
    private String admin = "";

    /// @param requests the folder with the held-out images
    DemoRollout(Surroundings surroundings, Path requests) {
        this.surroundings = surroundings;
        this.announcer = new Announcer(surroundings.out());
        this.requests = requests;
    }

    @Override
    public void listening(Addresses addresses) {
        announcer.listening(addresses);
        inference = "http://" + Addresses.local(addresses.http());
        admin = "http://" + Addresses.local(addresses.admin());
    }

    @Override
    public void loaded(int loaded, int failed) {
        announcer.loaded(loaded, failed);
        thread.start();
    }

    private void run() {
        PrintStream out = surroundings.out();
        try (AdminClient client = new AdminClient(admin);
                DemoTraffic traffic = new DemoTraffic(inference, requests)) {
            if (!begin(client, out)) {
                return;
            }
            traffic.start();
            out.printf("%nVersion 2, a better network. Its answers are held against what visitors say was right:%n%n");
            play(client, out, 2);
            out.printf("%nVersion 3, which learned from labels that somebody mixed up:%n%n");
            play(client, out, 3);
            out.printf(
                    "%nAll of them, and what was decided in one by which numbers:%n%n  %s rollout list --admin %s%n"
                            + "  %s rollout events ID --json --admin %s%n%nCtrl-C ends the demo.%n",
                    surroundings.command(), admin, surroundings.command(), admin);
        } catch (IOException e) {
            out.printf("the demo of rollouts ended early: %s%n", e.getMessage());
        }
        out.flush();
    }

    /// Version 1 answers to begin with, though there are newer ones.
    private static boolean begin(AdminClient client, PrintStream out) throws IOException {
        ObjectNode route = JsonMapper.shared().createObjectNode();
        route.putObject("default").put("arm", "stable").put("target", "digits@1");
        for (int tries = 0; tries < 100; tries++) {
            AdminClient.Answer answer = client.send("PUT", "/api/v1/routes/digits", route);
            if (!answer.failed()) {
                return true;
            }
            if (answer.status() != 503) {
                out.println(answer.error());
                return false;
            }
            // The record is being opened.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        out.println("the record of routes cannot be reached");
        return false;
    }

    private static void play(AdminClient client, PrintStream out, int version) throws IOException {
        ObjectNode spec = (ObjectNode) JsonMapper.shared().readTree(SPEC);
        spec.put("candidate", "digits@" + version);
        AdminClient.Answer started = client.send("POST", RolloutCommand.PATH, spec);
        if (started.failed()) {
            out.println(started.error());
            return;
        }
        String id = started.body().path("id").asString("");
        long seen = 0;
        JsonNode now = started.body();
        String phase = "";
        while (!phase.equals("completed") && !phase.equals("rolled-back")) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            now = client.get(RolloutCommand.path(id)).body();
            phase = now.path("status").path("phase").asString("");
            AdminClient.Answer news = client.get(RolloutCommand.path(id) + "/events?after=" + seen);
            for (JsonNode event : news.body().path("events")) {
                out.println("  " + RolloutText.line(event));
                seen = event.path("seq").asLong(seen);
            }
            out.flush();
        }
        out.printf("%n%s", RolloutText.of(now, 0).indent(2));
        out.flush();
    }
}
