package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.target.ServerStatistics.Counts;
import dev.penstock.proto.inference.ModelInferRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The questions that are asked beside a load, in one protocol. Thread-safe.
sealed interface TargetWire extends AutoCloseable permits GrpcWire, RestWire, V1Wire {
    Outcome<ServerInfo> server();

    /// Refused if the model is not ready.
    Outcome<ModelInfo> model(String model, String version);

    /// The outputs of one request.
    ///
    /// @param headers sent with it, by lower-case name
    Outcome<List<Tensor>> infer(ModelInferRequest request, Map<String, String> headers);

    /// Sends a payload as the load will, and tells the first message or the body of the answer.
    Outcome<byte[]> send(Payload payload, Duration timeout);

    /// @param models empty for all
    /// @return empty if the server does not tell
    Optional<Counts> statistics(Collection<String> models);

    @Override
    void close();
}
