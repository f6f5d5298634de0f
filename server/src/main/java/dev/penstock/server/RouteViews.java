package dev.penstock.server;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// The commands of `penstock routes` that only show something.
final class RouteViews {
    private RouteViews() {}

    /// `penstock routes list`.
    @Command(
            name = "list",
            description = "List the routes and their arms, as penstock routes alone does.",
            footer = {
                "",
                "VERSION is who answers for the arm on this server now, MOST what its weight may be raised to while",
                "units keep their arms.",
                "",
                "Example:",
                "  penstock routes list --json"
            })
    static final class ListAll extends RouteCommand {
        @Override
        int ask(AdminClient client) throws IOException {
            return list(client);
        }
    }

    /// `penstock routes show`.
    @Command(
            name = "show",
            description = "Show one route: its arms, its rules, who changed it last, and what is wrong with it here.",
            footer = {"", "Examples:", "  penstock routes show fraud", "  penstock routes show fraud --json"})
    static final class Show extends RouteCommand {
        @Parameters(index = "0", paramLabel = "ROUTE", description = "Its name.")
        private String name = "";

        @Override
        int ask(AdminClient client) throws IOException {
            return print(client.get(path(name)), RoutesTable::one);
        }
    }

    /// `penstock routes shadows`.
    @Command(
            name = "shadows",
            description = {
                "Show what copies of a route's requests said of its shadows: how often they answer as the primary does,",
                "which classes they take for which, how far their numbers are off, and how long their runs are."
            },
            footer = {
                "",
                "Counted by this server since it started, for each version that was a shadow. Bounds are certain with",
                "95%, however often they are looked at. A difference is the largest between the numbers of one answer",
                "and the primary's; runs are held against each other if they had as many rows. docs/shadow.md says more.",
                "",
                "Examples:",
                "  penstock routes shadows fraud",
                "  penstock routes shadows fraud --json"
            })
    static final class Shadows extends RouteCommand {
        @Parameters(index = "0", paramLabel = "ROUTE", description = "Its name.")
        private String name = "";

        @Override
        int ask(AdminClient client) throws IOException {
            CopiesText text = CopiesText.on(environment());
            return print(client.get(path(name) + "/shadows"), text::of);
        }
    }

    /// `penstock routes assign`.
    @Command(
            name = "assign",
            description = "Find out which arm a request would get, and why. Nothing happens, and nothing is counted.",
            footer = {
                "",
                "Every server says the same of a unit, as long as the route is the same.",
                "",
                "Examples:",
                "  penstock routes assign fraud --unit ann",
                "  penstock routes assign fraud --header x-user-id=ann --header x-canary=1",
                "  penstock routes assign fraud --caller team-risk --parameter tier=gold"
            })
    static final class Assign extends RouteCommand {
        @Parameters(index = "0", paramLabel = "ROUTE", description = "Its name.")
        private String name = "";

        @Option(
                names = "--unit",
                paramLabel = "UNIT",
                description = "Whose arm is asked for. Default: it is looked for in headers and parameters.")
        private String unit = "";

        @Option(names = "--header", paramLabel = "NAME=VALUE", description = "That the request has; repeatable.")
        private Map<String, String> headers = new TreeMap<>();

        @Option(names = "--parameter", paramLabel = "NAME=VALUE", description = "The same of its parameters.")
        private Map<String, String> parameters = new TreeMap<>();

        @Option(names = "--caller", paramLabel = "WHO", description = "Who asks, as x-penstock-caller says.")
        private String caller = "";

        @Option(names = "--request-id", paramLabel = "ID", description = "That the request has.")
        private String requestId = "";

        @Override
        int ask(AdminClient client) throws IOException {
            ObjectNode order = object();
            if (!unit.isEmpty()) {
                order.put("unit", unit);
            }
            if (!caller.isEmpty()) {
                order.put("caller", caller);
            }
            if (!requestId.isEmpty()) {
                order.put("requestId", requestId);
            }
            ObjectNode sent = order.putObject("headers");
            headers.forEach(sent::put);
            ObjectNode said = order.putObject("parameters");
            parameters.forEach(said::put);
            return print(client.send("POST", path(name) + ":assign", order), RoutesTable::assigned);
        }
    }
}
