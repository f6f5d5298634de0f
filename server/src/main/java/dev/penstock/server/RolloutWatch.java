package dev.penstock.server;

import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `penstock rollout watch`: on a terminal a picture that is drawn anew each second, elsewhere a line for
/// each thing that happens. Ends with the rollout.
@Command(
        name = "watch",
        description = {
            "Show arms, shares and evidence as they change, until the rollout is over.",
            "Where nobody sees it, it prints a line for each thing that happens."
        },
        footer = {
            "",
            "AGAINST is full when the candidate is rolled back, FOR when it is proven to be as good.",
            "REPORT decides nothing; docs/rollouts.md says what each is. Tables end where the terminal does (COLUMNS, LINES):",
            "penstock rollout status ID has the rest of them.",
            "",
            "Example:",
            "  penstock rollout watch fraud-8-1f0c9a2e",
            "",
            "Exit codes: 0 it was completed   1 no answer   4 it was rolled back"
        })
final class RolloutWatch extends RolloutCommand {
    private static final String HOME = "\u001b[H";
    private static final String CLEAR = "\u001b[2J";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_REST = "\u001b[J";

    @Parameters(index = "0", paramLabel = "ID", description = "As penstock rollout list shows it.")
    private String id = "";

    @Override
    int ask(AdminClient client) throws IOException {
        boolean drawn = surroundings().terminal() != null && !asJson();
        RolloutPicture picture = RolloutPicture.on(surroundings().environment());
        PrintStream out = surroundings().out();
        RolloutEvents events = new RolloutEvents(client, path(id));
        String asked = "";
        if (drawn) {
            out.print(CLEAR);
        }
        while (true) {
            AdminClient.Answer now = client.get(path(id));
            if (now.failed()) {
                return refused(now);
            }
            if (drawn) {
                out.print(HOME
                        + drawn(picture.of(now.body(), InstantSource.system().millis()))
                        + CLEAR_REST);
                out.flush();
            } else {
                AdminClient.Answer _ =
                        events.news(event -> out.println(asJson() ? event.toString() : RolloutText.line(event)));
                String asks = asJson() ? "" : RolloutText.toApprove(now.body());
                out.print(asks.equals(asked) ? "" : asks);
                asked = asks;
            }
            String phase = now.body().path("status").path("phase").asString("");
            if (phase.equals("completed") || phase.equals("rolled-back")) {
                return phase.equals("completed") ? ExitCode.OK : ExitCode.MODEL_FAILED;
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            if (Thread.interrupted()) {
                return ExitCode.OK;
            }
        }
    }

    private static String drawn(String picture) {
        return picture.replace("\n", CLEAR_LINE + "\n");
    }
}
