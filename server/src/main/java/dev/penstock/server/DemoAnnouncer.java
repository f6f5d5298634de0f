package dev.penstock.server;

import dev.penstock.server.config.ServerConfig.Endpoint;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/// Tells besides where the server is, how to ask it.
final class DemoAnnouncer implements Progress {
    private final Surroundings surroundings;
    private final Announcer announcer;
    private final ShellPath requests;
    private @Nullable Addresses addresses;

    DemoAnnouncer(Surroundings surroundings, ShellPath examples) {
        this.surroundings = surroundings;
        this.announcer = new Announcer(surroundings.out());
        this.requests = examples.resolve("requests");
    }

    @Override
    public void listening(Addresses addresses) {
        this.addresses = addresses;
        announcer.listening(addresses);
    }

    @Override
    public void loaded(int loaded, int failed) {
        announcer.loaded(loaded, failed);
        if (addresses != null) {
            printCommands(Addresses.local(addresses.http()), Addresses.local(addresses.grpc()));
        }
    }

    private void printCommands(Endpoint http, Endpoint grpc) {
        PrintStream out = surroundings.out();
        String url = "http://" + http + "/v2/models/digits/infer";
        out.printf("%nAsk it which digit is in an image (it is a 7):%n%n");
        out.printf("  curl -d @%s -H 'Content-Type: application/json' %s%n%n", requests.resolve("digits.json"), url);
        out.printf("The same with the image as bytes:%n%n");
        out.printf(
                "  curl --data-binary @%s -H 'Content-Type: application/octet-stream' \\%n"
                        + "       -H \"Inference-Header-Content-Length: $(cat %s)\" %s%n%n",
                requests.resolve("digits.bin"), requests.resolve("digits.bin.header-length"), url);
        out.printf("The same over gRPC:%n%n");
        out.printf(
                "  %s infer digits --json %s%s%n%nCtrl-C ends the demo.%n",
                surroundings.command(), requests.resolve("digits.json"), target(grpc));
        out.flush();
    }

    /// The client looks for the usual port by itself.
    private static String target(Endpoint grpc) {
        return grpc.equals(new Endpoint("localhost", 8001)) ? "" : " --url grpc://" + grpc;
    }
}
