package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.FullHttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class AdminDocumentTest {
    @Test
    void theDocumentHasEveryRouteAndNoOther() {
        FullHttpResponse reply = AdminDocument.reply();
        JsonNode document = new YAMLMapper().readTree(reply.content().toString(StandardCharsets.UTF_8));

        List<String> described = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> one : path.getValue().properties()) {
                if (!one.getKey().equals("parameters")) {
                    described.add(one.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                    assertThat(one.getValue().path("summary").asString(""))
                            .as(path.getKey())
                            .isNotEmpty();
                }
            }
        }

        assertThat(described)
                .containsExactlyInAnyOrderElementsOf(Stream.of(AdminRoute.values())
                        .map(route -> route.method() + " " + route.path())
                        .toList());
    }

    @Test
    void aPathIsMatchedAsAWholeAndItsValuesAreNamed() {
        List<AdminRoute.Target> targets = AdminRoute.at(List.of("api", "v1", "models", "a/b", "versions", "3"));

        assertThat(AdminRoute.allowed(targets)).isEqualTo("PUT, DELETE");
        AdminRoute.Target target = AdminRoute.among(targets, "PUT");
        assertThat(target).isNotNull();
        assertThat(target.route()).isEqualTo(AdminRoute.UPLOAD);
        assertThat(target.model()).isEqualTo("a/b");
        assertThat(target.version()).isEqualTo(3);
        assertThat(AdminRoute.at(List.of("api", "v1", "models", "a", "versions")))
                .isEmpty();
    }
}
