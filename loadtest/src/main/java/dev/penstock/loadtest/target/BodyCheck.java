package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.AnswerCheck;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.Tolerance;
import java.nio.ByteBuffer;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/// Whether an answer by REST has the right outputs: JSON, and what the binary extension puts behind it.
/// Immutable. Values are compared while they are read; no tree is made of them. Outputs beyond the expected
/// ones may be there.
final class BodyCheck implements AnswerCheck {
    private final ExpectedTensor[] expected;

    BodyCheck(List<Tensor> expected, Tolerance tolerance) {
        this.expected = expected.stream()
                .map(tensor -> new ExpectedTensor(tensor, tolerance))
                .toArray(ExpectedTensor[]::new);
    }

    @Override
    public boolean accepts(ByteBuffer answer) {
        BodyReading first = new BodyReading(expected, List.of());
        boolean right = isRead(first, answer);
        return right && (!first.hasSkippedValues() || isRead(new BodyReading(expected, first.names()), answer));
    }

    private static boolean isRead(BodyReading reading, ByteBuffer answer) {
        try (JsonParser json = Json.MAPPER.createParser(new AnswerStream(answer))) {
            return reading.read(json, answer);
        } catch (JacksonException e) {
            return false;
        }
    }
}
