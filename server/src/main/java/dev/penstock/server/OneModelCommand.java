package dev.penstock.server;

import java.io.IOException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// A command of `penstock models` that is about one model.
abstract class OneModelCommand extends ModelCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
    private String name = "";

    final String name() {
        return name;
    }

    /// Asks for a change of something of the model, and prints what came of it.
    ///
    /// @param path of what, below the model; none for the model itself
    final int change(AdminClient client, String method, ObjectNode body, Text text, String... path) throws IOException {
        return print(client.send(method, AdminClient.model(name, path), body), text);
    }
}
