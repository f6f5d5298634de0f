package dev.penstock.router.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestKeyTest {
    private static final ByteBuffer BYTES =
            ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void callersIdsAndDeadlinesAreNotPartOfIt() {
        InferenceRequest one = new InferenceRequest("m", "", "id", List.of(tensor("x", 4)), List.of("y"), 1);
        InferenceRequest same = new InferenceRequest("route", "3", "", List.of(tensor("x", 4)), List.of("y"), 2);

        assertThat(RequestKey.of(one)).isEqualTo(RequestKey.of(same)).hasSameHashCodeAs(RequestKey.of(same));
    }

    @Test
    void everythingThatAnAnswerDependsOnIs() {
        List<InferenceRequest> requests = new ArrayList<>();
        requests.add(request(List.of(), tensor("x", 4)));
        requests.add(request(List.of("y"), tensor("x", 4)));
        requests.add(request(List.of("y", "z"), tensor("x", 4)));
        requests.add(request(List.of("z", "y"), tensor("x", 4)));
        requests.add(request(List.of("yz"), tensor("x", 4)));
        requests.add(request(List.of(), tensor("w", 4)));
        requests.add(request(List.of(), tensor("x", 1, 4)));
        requests.add(request(List.of(), tensor("x", 4, 1)));
        requests.add(request(List.of(), new Tensor("x", DataType.INT8, Shape.of(4), BYTES)));
        requests.add(request(List.of(), new Tensor("x", DataType.FP32, Shape.of(1), BYTES)));
        requests.add(request(List.of(), new Tensor("x", DataType.INT32, Shape.of(1), BYTES)));
        requests.add(request(List.of(), new Tensor("x", DataType.UINT8, Shape.of(4), other())));
        requests.add(request(List.of(), slice("x", 0, 2), slice("z", 2, 4)));
        requests.add(request(List.of(), slice("x", 0, 1), slice("z", 1, 4)));
        requests.add(request(List.of(), slice("z", 0, 2), slice("x", 2, 4)));
        requests.add(request(List.of(), slice("x", 0, 2)));

        Set<RequestKey> keys = new HashSet<>();
        requests.forEach(request -> keys.add(RequestKey.of(request)));
        assertThat(keys).hasSameSizeAs(requests);
    }

    @Test
    void whereTheBytesLieMakesNoDifferenceAndTheyStayUnread() {
        ByteBuffer direct = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
        direct.position(5).put(BYTES.duplicate()).flip().position(5);
        Tensor tensor = new Tensor("x", DataType.UINT8, Shape.of(4), direct);

        assertThat(RequestKey.of(request(List.of(), tensor)))
                .isEqualTo(RequestKey.of(request(List.of(), tensor("x", 4))));
        assertThat(direct.position()).isEqualTo(5);
    }

    private static InferenceRequest request(List<String> outputs, Tensor... inputs) {
        return new InferenceRequest("m", "", "", List.of(inputs), outputs, InferenceRequest.NO_DEADLINE);
    }

    private static Tensor tensor(String name, long... dims) {
        return new Tensor(name, DataType.UINT8, Shape.of(dims), BYTES);
    }

    private static Tensor slice(String name, int from, int to) {
        ByteBuffer bytes = BYTES.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
        return new Tensor(name, DataType.UINT8, Shape.of(to - from), bytes);
    }

    private static ByteBuffer other() {
        return ByteBuffer.wrap(new byte[] {1, 2, 3, 5}).order(ByteOrder.LITTLE_ENDIAN);
    }
}
