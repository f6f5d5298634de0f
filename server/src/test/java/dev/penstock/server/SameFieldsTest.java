package dev.penstock.server;

import static com.google.protobuf.Descriptors.FieldDescriptor.JavaType.MESSAGE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.penstock.proto.admin.Baseline;
import dev.penstock.proto.admin.Rollout;
import dev.penstock.proto.admin.RolloutEvent;
import dev.penstock.proto.admin.Route;
import dev.penstock.proto.admin.ShadowReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// Whatever the description of the admin API's JSON says of routes, shadows, rollouts and baselines is in the
/// messages of gRPC, too.
class SameFieldsTest {
    /// Where the messages say it in another way.
    private static final Map<String, List<String>> OTHERWISE = Map.of(
            "Route.default", List.of("standard"),
            "Route.candidates.target", List.of("arm"),
            "Route.shadows.target", List.of("arm"),
            "rolloutReading.ci", List.of("lower", "upper"),
            "rolloutLift.ci", List.of("lower", "upper"));

    /// Objects whose fields are the message's own there, with what is before their names.
    private static final Map<String, String> FLAT = Map.of("rollout.status", "", "rollout.status.srm", "srm");

    /// What follows from other fields.
    private static final Set<String> FOLLOWS = Set.of("Route.status.arms.tripped", "rollout.status.srm.state");

    /// Of an event: JSON in its field `data`.
    private static final Set<String> DATA = Set.of(
            "rollout",
            "route",
            "step",
            "candidates",
            "weights",
            "metrics",
            "outcome",
            "srm",
            "externalFailures",
            "confirmed");

    private static final Map<String, Descriptor> MESSAGES = Map.of(
            "Route", Route.getDescriptor(),
            "rollout", Rollout.getDescriptor(),
            "Baseline", Baseline.getDescriptor(),
            "ShadowReport", ShadowReport.getDescriptor());

    @ParameterizedTest
    @ValueSource(strings = {"Route", "rollout", "Baseline", "ShadowReport"})
    void whatRestSaysIsInTheMessages(String schema) throws Exception {
        OpenApi described = OpenApi.read();

        assertThat(missing(described, StringNode.valueOf(schema), schema, "", message(schema)))
                .isEmpty();
    }

    private static Descriptor message(String schema) {
        Descriptor message = MESSAGES.get(schema);
        assertThat(message).as(schema).isNotNull();
        return message;
    }

    @Test
    void whatRestSaysOfEventsIsInTheMessagesOrTheirData() throws Exception {
        OpenApi described = OpenApi.read();

        assertThat(missing(
                        described,
                        StringNode.valueOf("rolloutEvent"),
                        "rolloutEvent",
                        "",
                        RolloutEvent.getDescriptor()))
                .containsExactlyInAnyOrderElementsOf(
                        DATA.stream().map(name -> "rolloutEvent." + name).toList());
        assertThat(RolloutEvent.getDescriptor().findFieldByName("data")).isNotNull();
    }

    /// @param before what the message has before the names of fields
    private static List<String> missing(
            OpenApi described, JsonNode named, String where, String before, Descriptor message) {
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, JsonNode> each :
                described.schema(named).path("properties").properties()) {
            String at = where + "." + each.getKey();
            JsonNode value = each.getValue().has("items") ? each.getValue().path("items") : each.getValue();
            FieldDescriptor field = field(message, before + each.getKey());
            if (FLAT.containsKey(at)) {
                missing.addAll(missing(described, value, at, FLAT.get(at), message));
            } else if (field != null && field.getJavaType() == MESSAGE) {
                String deeper =
                        value.has("$ref") ? value.path("$ref").asString().replaceAll(".*/", "") : at;
                missing.addAll(missing(described, value, deeper, "", field.getMessageType()));
            } else if (field == null && !FOLLOWS.contains(at) && !otherwise(message, at)) {
                missing.add(at);
            }
        }
        return missing;
    }

    private static boolean otherwise(Descriptor message, String at) {
        List<String> names = OTHERWISE.getOrDefault(at, List.of());
        return !names.isEmpty() && names.stream().allMatch(name -> field(message, name) != null);
    }

    /// Of that name, however it is written.
    private static @Nullable FieldDescriptor field(Descriptor message, String name) {
        return message.getFields().stream()
                .filter(field -> bare(field.getName()).equals(bare(name)))
                .findFirst()
                .orElse(null);
    }

    private static String bare(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }
}
