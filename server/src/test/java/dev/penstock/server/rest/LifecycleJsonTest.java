package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.Intent;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LifecycleJsonTest {
    @Test
    void whatWaitsForItsVerdictIsShown() {
        VersionRecord version = StoreFixtures.plain(
                2,
                List.of(new StoredFile("model.onnx", "0".repeat(64), 7)),
                "",
                Instant.EPOCH,
                "ann",
                Lineage.UNKNOWN,
                "",
                true,
                List.of());
        Intent intent = new Intent(
                3, "bob", Instant.EPOCH, "all", "max_batch_size: 8", new TreeSet<>(List.of("stable", "canary")));

        assertThat(json(version)).doesNotContain("waiting");
        assertThat(json(version.with(intent)))
                .endsWith(
                        ",\"waiting\":{\"aliases\":[\"canary\",\"stable\"],\"policy\":\"all\",\"config\":\"max_batch_size: 8\",\"by\":\"bob\",\"at\":\"1970-01-01T00:00:00Z\"}}");
    }

    private static String json(VersionRecord version) {
        return Json.text(out -> {
            out.writeStartObject();
            LifecycleJson.writeVersionFields(out, version);
            out.writeEndObject();
        });
    }
}
