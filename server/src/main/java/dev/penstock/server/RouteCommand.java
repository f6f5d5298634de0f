package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A command of `penstock routes`: asks the admin API and prints what it says.
abstract class RouteCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // whoever adds it to `penstock routes`
    private RoutesCommand routes;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    @Mixin
    private JsonFlag json = new JsonFlag();

    /// All of them, in the order of the help.
    static List<RouteCommand> all() {
        return List.of(
                new RouteViews.ListAll(),
                new RouteViews.Show(),
                new RouteViews.Shadows(),
                new RouteEdits.SetRoute(),
                new RouteEdits.Weight(),
                new RouteViews.Assign(),
                new RouteEdits.Delete());
    }

    @Override
    public final Integer call() {
        return routes.ask(admin, this::ask);
    }

    /// @return an [ExitCode]
    /// @throws IOException if there is no answer
    abstract int ask(AdminClient client) throws IOException;

    final int list(AdminClient client) throws IOException {
        return routes.list(client, json.isSet());
    }

    static String path(String route) {
        return RoutesCommand.PATH + "/" + AdminClient.encoded(route);
    }

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    /// The value for `If-Match`: what was read of a route.
    static String tag(JsonNode route) {
        return "\"" + route.path("status").path("revision").asString("") + "\"";
    }

    /// Prints what the server said, or why it refused.
    ///
    /// @param text made of the answer if it is not to be JSON; ends with a line feed
    final int print(AdminClient.Answer answer, Function<JsonNode, String> text) {
        Surroundings around = routes.surroundings();
        if (json.isSet()) {
            around.out().println(answer.text().strip());
        }
        if (answer.failed()) {
            around.err().println(answer.error());
            return ExitCode.FAILED;
        }
        if (!json.isSet()) {
            around.out().print(text.apply(answer.body()));
        }
        return ExitCode.OK;
    }

    final Map<String, String> environment() {
        return routes.surroundings().environment();
    }

    /// Refuses what was typed.
    final int refuse(String why) {
        routes.surroundings().err().println(why);
        return ExitCode.USAGE;
    }
}
