package dev.penstock.loadtest.target;

import dev.penstock.loadtest.input.TensorSpec;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Asks one server. Requests and replies are JSON as the protocol has it, whatever goes over the wire. Each
/// question blocks until it is answered or its time is over.
public interface InferClient extends AutoCloseable {
    /// What a model takes.
    ///
    /// @param version "" for the one the server picks
    Outcome<List<TensorSpec>> inputs(String model, String version);

    /// @param version "" for the one the server picks
    /// @param headers sent with it, or as gRPC metadata; by lower-case name
    /// @throws InputError if the request cannot be put on the wire
    Outcome<ObjectNode> infer(String model, String version, Map<String, String> headers, ObjectNode request);

    @Override
    void close();
}
