package dev.penstock.loadtest.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.Tolerance;
import dev.penstock.loadtest.target.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
    @TempDir
    private Path folder;

    private static String line(String id) {
        return "{\"time\":\"2026-01-31T12:00:00.123456Z\",\"id\":\"%s\",\"model\":\"m\",\"version\":1,".formatted(id)
                + "\"request\":{\"id\":\"%s\",\"inputs\":[]},\"response\":{\"outputs\":[".formatted(id)
                + "{\"name\":\"y\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"cat\"]}]}}";
    }

    private ReplayResult replay(Replay.Server server, String... lines) throws Exception {
        Path file = Files.write(folder.resolve("payload.jsonl"), List.of(lines));
        Replay.Order order =
                new Replay.Order("", "", "", Map.of(), ReplayRate.parse("max"), 2, 10, Optional.of(Tolerance.DEFAULT));
        return new Replay(server, order, System::nanoTime).run(List.of(file));
    }

    private static Outcome<List<Tensor>> answer(byte... element) {
        return new Outcome.Answered<>(
                List.of(new Tensor("y", "BYTES", List.of(1L), ByteString.copyFrom(element))), "");
    }

    @Test
    void whatCannotBeSentOrComparedIsCountedAsFailed() throws Exception {
        ReplayResult result = replay(
                (request, _) -> switch (request.getId()) {
                    case "thrown" -> throw new IllegalStateException("gone");
                    case "short" -> answer((byte) 9, (byte) 0, (byte) 0, (byte) 0, (byte) 'c');
                    default -> answer((byte) 3, (byte) 0, (byte) 0, (byte) 0, (byte) 'c', (byte) 'a', (byte) 't');
                },
                line("thrown"),
                line("short"),
                line("whole"));

        assertThat(result.sent()).isEqualTo(3);
        assertThat(result.same()).isOne();
        assertThat(result.failed()).isEqualTo(2);
        assertThat(result.failures()).anySatisfy(why -> assertThat(why).contains("thrown", "gone"));
    }
}
