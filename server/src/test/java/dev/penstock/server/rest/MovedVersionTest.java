package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.ModelRoute;
import dev.penstock.router.RouteTable;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What can only be read with the types of a version is answered by that version, also if a name leads to
/// another one, of other types, from the moment on at which the types were looked up.
class MovedVersionTest {
    private RestFixture rest;

    @BeforeEach
    void start() throws IOException {
        rest = new RestFixture();
        VersionHandle next = rest.batcher.handle("moved", 2, one(DataType.FP32));
        VersionHandle first = rest.batcher.handle("moved", 1, () -> {
            publish(next);
            return one(DataType.INT32);
        });
        publish(first);
    }

    @AfterEach
    void stop() {
        rest.close();
        assertThat(rest.batcher.leases.get()).isZero();
    }

    @Test
    void aPredictionIsAnsweredByTheVersionItWasReadFor() throws Exception {
        HttpResponse<String> answer = rest.post("/v1/models/moved:predict", "{\"inputs\":[1,2]}");

        assertThat(answer.body()).isEqualTo("{\"outputs\":[1,2]}");
        assertThat(answer.headers().firstValue("x-penstock-version")).hasValue("1");
        assertThat(rest.post("/v1/models/moved:predict", "{\"inputs\":[1,2]}").body())
                .isEqualTo("{\"outputs\":[1.0,2.0]}");
    }

    @Test
    void soIsARawRequest() throws Exception {
        HttpResponse<byte[]> answer = rest.sendForBytes(rest.request("/v2/models/moved/infer")
                .header("Inference-Header-Content-Length", "0")
                .POST(BodyPublishers.ofByteArray(new byte[] {7, 0, 0, 0})));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-penstock-version")).hasValue("1");
    }

    private void publish(VersionHandle serving) {
        rest.router.publish(RouteTable.of(List.of(new ModelRoute("moved", List.of(serving), Set.of()))));
    }

    private static Signature one(DataType type) {
        List<TensorSpec> specs = List.of(TensorSpec.of("x", type, -1));
        return new Signature(specs, specs, 0);
    }
}
